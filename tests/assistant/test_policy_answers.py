"""Questions on rules over a small body of law: which articles are cited, and how they are quoted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from assistant import Assistant
from assistant.outcome import Answer
from assistant.settings import load_settings
from corpus.ingest import ingest
from corpus.workspace import Workspace

SHARING = """# 云澜数据共享条例

2025年5月28日公布

## 第一章 总则

第一条 为了推进数据共享，制定本条例。

第二条 本条例下列用语的含义：共享数据，是指政府部门依照本条例提供给其他部门使用的数据；数源部门，是指产生数据的部门。

## 第二章 共享

第三条 需求部门提出共享申请，应当明确使用依据、使用场景、使用范围和使用时限，保证申请真实。

第四条 申请的数据属于无条件共享的，提供部门应当自收到申请之日起1个工作日内答复；属于有条件共享的，应当自收到申请之日起10个工作日内答复。

第五条 提供部门应当自同意共享之日起20个工作日内提供数据。

第六条 任何单位不得在共享的场所安装偷拍设备，不得泄露共享获得的个人信息。

第七条 处理大量个人信息的单位，还应当履行本条例第八条规定的义务。

第八条 处理重要数据的单位应当明确安全负责人和管理机构，定期评估风险。

## 第三章 责任

第九条 违反本条例第六条规定的，由主管部门责令改正，处一万元以上十万元以下罚款。

第十条 本条例自2025年8月1日起施行。
"""

OLD = """# 云澜统计办法

2009年6月27日公布

第一条 为了规范统计工作，制定本办法。

第二条 统计资料应当在每年三月公布。

第三条 本办法自2010年1月1日起施行。
"""

NEW = """# 云澜统计办法

2009年6月27日公布 2024年9月13日修订

第一条 为了规范统计工作，制定本办法。

第二条 统计资料应当在每年一月公布。

第三条 统计人员应当保守秘密。

第四条 本办法自2024年10月1日起施行。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    root = tmp_path_factory.mktemp("policy-answers")
    laws = root / "laws"
    laws.mkdir()
    for name, text in (
        ("云澜数据共享条例(2025-05-28).md", SHARING),
        ("云澜统计办法(2009-06-27).md", OLD),
        ("云澜统计办法(2024-09-13).md", NEW),
    ):
        (laws / name).write_text(text, "utf-8")
    workspace = Workspace.create(root / "workspace")
    ingest([laws], workspace, kind="policy")
    settings = load_settings(workspace).model_copy(update={"today": date(2026, 7, 1)})
    with Assistant.open(workspace.root, settings=settings) as opened:
        yield opened


def _cited(assistant: Assistant, question: str) -> list[str]:
    return [c.locator for c in assistant.ask(question).citations]


def test_the_article_that_says_it_comes_before_the_one_on_the_same_topic(assistant: Assistant) -> None:
    assert _cited(assistant, "共享申请应当说明哪些内容？")[0] == "第三条"
    assert _cited(assistant, "有条件共享的申请几个工作日内答复？")[0] == "第四条"


def test_a_term_is_answered_by_its_definition(assistant: Assistant) -> None:
    outcome = assistant.ask("数源部门是什么意思？")
    assert outcome.citations[0].locator == "第二条" and "数源部门，是指产生数据的部门" in outcome.citations[0].quote


def test_the_penalty_is_cited_beside_the_prohibition(assistant: Assistant) -> None:
    assert {"第六条", "第九条"} <= set(_cited(assistant, "在共享场所安装偷拍设备违反哪条规定，要受什么处罚？"))


def test_duties_that_an_article_refers_to_are_cited(assistant: Assistant) -> None:
    assert {"第七条", "第八条"} <= set(_cited(assistant, "处理大量个人信息的单位还要履行哪些规定的义务？"))


def test_the_term_that_runs_after_the_first_is_cited(assistant: Assistant) -> None:
    assert {"第四条", "第五条"} <= set(_cited(assistant, "无条件共享的申请，答复和提供数据分别要多久？"))


def test_a_named_text_answers_for_itself(assistant: Assistant) -> None:
    first = assistant.ask("《云澜统计办法》什么时候施行？").citations[0]
    assert (first.title, first.locator, first.in_force) == ("云澜统计办法", "第四条", True)
    assert first.quote == "本办法自2024年10月1日起施行。"


def test_an_article_is_quoted_by_its_number(assistant: Assistant) -> None:
    outcome = assistant.ask("云澜数据共享条例第五条是怎么规定的？")
    assert [c.locator for c in outcome.citations] == ["第五条"]
    assert outcome.citations[0].quote == "提供部门应当自同意共享之日起20个工作日内提供数据。"


def test_an_article_that_does_not_exist_is_said_not_to_exist(assistant: Assistant) -> None:
    outcome = assistant.ask("《云澜数据共享条例》第九十九条规定了什么？")
    assert isinstance(outcome, Answer) and outcome.status == "no_information" and not outcome.citations
    assert "没有第九十九条" in outcome.text and "共10条" in outcome.text


def test_an_ended_text_is_quoted_only_as_ended(assistant: Assistant) -> None:
    outcome = assistant.ask("2009年的云澜统计办法第二条是怎么规定的？")
    assert "每年三月" in outcome.text and "（已失效）" in outcome.text
    assert outcome.citations[0].in_force is False
    assert any("取代" in warning for warning in outcome.warnings)


@pytest.mark.parametrize("question", ["帮我写一首诗", "1加1等于几", "今天股市怎么样", "共享一次数据要付多少钱？"])
def test_what_the_texts_do_not_answer_is_not_answered(assistant: Assistant, question: str) -> None:
    outcome = assistant.ask(question)
    assert not outcome.citations
    assert outcome.kind == "refuse" or (isinstance(outcome, Answer) and outcome.status == "no_information")
