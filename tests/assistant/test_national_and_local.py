"""A national and a local rule that say different figures: both are named, and that they differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from assistant import Assistant
from assistant.outcome import Answer
from assistant.settings import load_settings
from corpus.ingest import ingest
from corpus.policy import Article, PolicyDocument
from corpus.store import CatalogStore
from corpus.workspace import Workspace


def _law(key: str, title: str, region: str, articles: dict[str, str]) -> PolicyDocument:
    parts = [Article(locator=locator, text=f"{locator} {text}") for locator, text in articles.items()]
    return PolicyDocument(id=key, title=title, region=region, articles=parts, effective=date(2025, 1, 1))


LAWS = [
    _law(
        "national",
        "数据共享条例",
        "",
        {
            "第五条": "提供部门应当自收到数据共享申请之日起10个工作日内答复。",
            "第六条": "提供部门应当保证数据完整、准确，定期更新。",
            "第七条": "使用部门不得将共享的数据挪作他用。",
        },
    ),
    _law(
        "dongjiang",
        "东江省数据条例",
        "东江省",
        {
            "第九条": "提供部门应当自收到数据共享申请之日起三个工作日内答复。",
            "第十条": "公共数据平台由省人民政府统一建设。",
            "第十一条": "使用部门不得将共享的数据挪作他用。",
        },
    ),
    _law("xihe", "西河省数据条例", "西河省", {"第四条": "提供部门应当自收到数据共享申请之日起八个工作日内答复。"}),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("two-levels")
    (root / "档案办法.md").write_text("# 档案办法\n\n第一条 为了管理档案，制定本办法。\n", "utf-8")
    workspace = Workspace.create(root / "workspace")
    ingest([root / "档案办法.md"], workspace, kind="policy")
    CatalogStore(workspace.catalog_path).put_documents(LAWS)
    return workspace


@pytest.fixture(scope="module", params=["", "东江省青山市"], ids=["anywhere", "in-dongjiang"])
def assistant(workspace: Workspace, request: pytest.FixtureRequest) -> Iterator[Assistant]:
    changes = {"today": date(2026, 7, 1), "city": request.param}
    settings = load_settings(workspace).model_copy(update=changes)
    with Assistant.open(workspace.root, settings=settings) as opened:
        yield opened


def test_a_region_that_is_named_is_set_beside_the_nation(assistant: Assistant) -> None:
    outcome = assistant.ask("在东江省，数据共享申请几个工作日内答复？")
    assert isinstance(outcome, Answer)
    assert {"《数据共享条例》", "《东江省数据条例》"} <= {f"《{c.title}》" for c in outcome.citations}
    note = next(warning for warning in outcome.warnings if "数字不同" in warning)
    assert "10个工作日" in note and "3个工作日" in note and "东江省" in note


def test_the_askers_own_region_is_set_beside_the_nation(assistant: Assistant) -> None:
    outcome = assistant.ask("数据共享申请几个工作日内答复？")
    assert "数据共享条例" in {c.title for c in outcome.citations[:2]}
    if assistant.services.settings.city:
        assert "国家规定和东江省的地方规定写的数字不同" in outcome.warnings[0]
        assert "东江省数据条例" in {c.title for c in outcome.citations[:2]}


def test_rules_that_say_the_same_are_not_said_to_differ(assistant: Assistant) -> None:
    outcome = assistant.ask("东江省使用部门能把共享的数据挪作他用吗？")
    assert not [warning for warning in outcome.warnings if "数字不同" in warning]
