"""The command line as its page in the design promises it: every command, its help, its output, its exit code."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.outcome import OUTCOME, Answer
from ui.cli.app import app

COMMANDS = [
    [],
    ["demo"],
    ["serve"],
    ["ingest"],
    ["ask"],
    ["search"],
    ["search", "datasets"],
    ["search", "policies"],
    ["request"],
    ["request", "list"],
    ["request", "show"],
    ["request", "export"],
    ["eval"],
    ["eval", "sql"],
    ["eval", "attacks"],
    ["audit"],
    ["audit", "verify"],
    ["audit", "show"],
    ["replay"],
    ["doctor"],
]


@pytest.fixture(scope="module")
def city(demo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo workspace that the tests of this file share."""
    root = tmp_path_factory.mktemp("cli") / "workspace"
    shutil.copytree(demo_root, root)
    return root


def run(root: Path, *words: str, code: int = 0) -> str:
    """Run one command; its standard output."""
    result = CliRunner().invoke(app, ["-w", str(root), *words])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.stdout


def ask(root: Path, question: str, *words: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(run(root, "ask", question, "--json", *words))
    return loaded


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words) or "zhengwen")
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_has_help_in_chinese(words: list[str], flag: str) -> None:
    result = CliRunner().invoke(app, [*words, flag], env={"COLUMNS": "120"})
    assert result.exit_code == 0
    assert "用法：" in result.output
    assert "显示这份说明" in result.output
    for english in ("Usage", "Options", "Arguments", "Commands", "Show this", "default:", "required"):
        assert english not in result.output


def test_a_group_without_a_command_shows_its_help() -> None:
    result = CliRunner().invoke(app, ["search"])
    assert result.exit_code == 2
    assert "datasets" in result.output


def test_ask_prints_the_answer_with_what_it_rests_on(city: Path) -> None:
    shown = run(city, "ask", "全市一共有多少所学校？")
    for expected in ("学校", "理解为：", "来源：", "[1]", "SELECT"):
        assert expected in shown


def test_ask_as_json_is_the_outcome(city: Path) -> None:
    outcome = OUTCOME.validate_python(ask(city, "去年各区的学校数量？"))
    assert isinstance(outcome, Answer)
    assert outcome.table is not None
    assert outcome.table.row_count == 9
    assert outcome.principal == "citizen"


def test_ask_goes_on_with_a_conversation(city: Path) -> None:
    first = ask(city, "去年各区的学校数量？", "--conversation", "mine-1")
    second = ask(city, "前三名呢", "--conversation", "mine-1")
    assert first["conversation"] == second["conversation"] == "mine-1"
    assert second["table"]["row_count"] == 3


def test_another_persons_conversation_is_not_joined(city: Path) -> None:
    ask(city, "你有哪些数据？", "--conversation", "mine-2")
    result = CliRunner().invoke(
        app, ["-w", str(city), "ask", "你有哪些数据？", "--json", "--as", "evaluator", "--conversation", "mine-2"]
    )
    assert json.loads(result.stdout)["conversation"] != "mine-2"
    assert "不是 evaluator 的" in result.stderr


def test_ask_as_someone_else_is_theirs(city: Path) -> None:
    outcome = ask(city, "各区居民的数量", "--as", "evaluator")
    assert (outcome["kind"], outcome["reason"], outcome["principal"]) == ("refuse", "forbidden", "evaluator")


@pytest.mark.parametrize(
    ("kind", "query", "first"), [("datasets", "空气质量", "yl-air"), ("policies", "答复期限", "#第")]
)
def test_search_gives_ids_and_scores(city: Path, kind: str, query: str, first: str) -> None:
    found = json.loads(run(city, "search", kind, query, "--top", "3", "--json"))
    assert set(found) >= {"query", "confidence", "notes", "hits"}
    assert 0 < len(found["hits"]) <= 3
    assert first in found["hits"][0]["id"]
    scores = [h["score"] for h in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert found["hits"][0]["id"] in run(city, "search", kind, query)


def test_search_of_policies_knows_the_settings_day(city: Path) -> None:
    hits = json.loads(run(city, "search", "policies", "公共数据开放", "--top", "20", "--json"))["hits"]
    assert hits
    assert all(h["in_force"] for h in hits)


def test_requests_are_listed_shown_and_exported(city: Path, tmp_path: Path) -> None:
    draft = ask(city, "我要申请共享不动产登记数据，用于入学资格审核", "--as", "official")
    assert draft["kind"] == "draft"
    number = draft["number"]
    assert number in run(city, "request", "list")
    listed = json.loads(run(city, "request", "list", "--json"))
    assert number in [d["number"] for d in listed]
    shown = run(city, "request", "show", number)
    assert "（待填）" in shown
    assert "第二十条" in shown
    out = tmp_path / "new" / "draft.json"
    run(city, "request", "export", number, "--out", str(out))
    assert json.loads(out.read_text("utf-8"))["number"] == number
    assert number not in run(city, "request", "list", "--as", "citizen")
    run(city, "request", "show", number, "--as", "citizen", code=1)


def test_an_answer_is_replayed_and_found_equal(city: Path) -> None:
    first = ask(city, "去年各区的学校数量？", "--conversation", "mine-3")
    follow = ask(city, "前三名呢", "--conversation", "mine-3")
    assert first["id"] != follow["id"]
    assert "与原回答一致" in run(city, "replay", follow["id"])
    run(city, "replay", "no-such", code=1)


def test_a_replay_says_what_differs(city: Path) -> None:
    outcome = ask(city, "全市一共有多少所学校？")
    with sqlite3.connect(city / "state.sqlite") as connection:
        (body,) = connection.execute("SELECT body FROM turn WHERE id = ?", (outcome["id"],)).fetchone()
        stored = json.loads(body)
        stored["table"]["rows"][0][0] += 1
        connection.execute("UPDATE turn SET body = ? WHERE id = ?", (json.dumps(stored), outcome["id"]))
    assert "结果数据" in run(city, "replay", outcome["id"], code=1)


def test_the_log_is_proved_shown_and_found_out(city: Path, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    shutil.copytree(city, root)
    outcome = ask(root, "你有哪些数据？")
    assert "完整" in run(root, "audit", "verify")
    entry = json.loads(run(root, "audit", "show", outcome["id"]))
    assert entry["body"]["id"] == outcome["id"]
    assert json.loads(run(root, "audit", "show", entry["id"])) == entry
    assert entry["id"] in run(root, "audit", "show")
    run(root, "audit", "show", "9-nope", code=1)
    with sqlite3.connect(root / "audit.sqlite") as connection:
        connection.execute("UPDATE entry SET principal = 'admin' WHERE n = ?", (entry["n"],))
    result = CliRunner().invoke(app, ["-w", str(root), "audit", "verify"])
    assert result.exit_code == 1
    assert "审计日志有" in result.stderr
    assert str(entry["n"]) in result.stderr


def test_doctor_is_content_and_leaves_no_trace_in_the_history(city: Path) -> None:
    from assistant.conversations import Conversations

    before = Conversations(city / "state.sqlite").of("citizen")
    shown = run(city, "doctor")
    assert "需处理" not in shown
    for name in ("Python", "磁盘空间", "工作区", "设置", "数据", "检索", "提问", "审计日志", "模型"):
        assert f"正常  {name}：" in shown
    assert Conversations(city / "state.sqlite").of("citizen") == before


def test_doctor_stops_at_the_cause(tmp_path: Path) -> None:
    shown = run(tmp_path / "none", "doctor", code=1)
    assert shown.count("需处理") == 1
    assert "zhengwen demo" in shown


def test_a_demo_that_is_there_is_used_as_it_is(city: Path) -> None:
    def digest() -> str:
        return hashlib.sha256(
            (city / "workspace.json").read_bytes() + (city / "catalog.sqlite").read_bytes()
        ).hexdigest()

    before = digest()
    assert "已在" in run(city, "demo", "--no-serve")
    assert digest() == before


def test_a_demo_overwrites_nothing_of_anyones(city: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "workspace.json").write_text('{"format": 1, "kind": "own", "data_version": "1"}', "utf-8")
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("x", "utf-8")
    for root, words in ((own, []), (other, []), (city, ["--seed", "5"])):
        result = CliRunner().invoke(app, ["-w", str(root), "demo", "--no-serve", *words])
        assert result.exit_code == 1
        assert "-w" in result.stderr or "换一个路径" in result.stderr
    assert sorted(p.name for p in own.iterdir()) == ["workspace.json"]
    assert sorted(p.name for p in other.iterdir()) == ["letter.txt"]
