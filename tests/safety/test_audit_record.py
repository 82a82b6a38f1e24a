"""What the log keeps: masked, exported, archived, and each kind of tampering with any of it found."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from assistant.outcome import Answer, Citation, Refuse, ResultTable, Sql, TableColumn
from assistant.record import columns_read, entry_of
from corpus.workspace import Workspace
from tools.audit import AuditError, AuditLog
from tools.audit_archive import archive, check_file, export
from tools.audit_chain import Head
from tools.audit_private import without_personal
from tools.principal import Principal
from ui.cli.app import app

ASKER = Principal(id="official", role="official", department="市教育局")
NUMBER, PHONE = "110105199001011234", "13812345678"


def filled(folder: Path, size: int = 9) -> AuditLog:
    log = AuditLog(folder / "audit.sqlite")
    for n in range(size):
        log.append("turn", f"user{n % 2}", {"question": f"第{n}问", "n": n})
    return log


def aged(folder: Path, upto: int, day: str) -> AuditLog:
    """A log whose first entries were written long ago, chain and all."""
    import tools.audit as audit

    real, log = audit.now, AuditLog(folder / "audit.sqlite")
    try:
        for n in range(9):
            audit.now = (lambda: f"{day}T00:00:00.000+00:00") if n < upto else real
            log.append("turn", "x", {"n": n})
    finally:
        audit.now = real
    return log


def edit(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(sql)
    connection.close()


def test_no_personal_value_reaches_the_log(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.sqlite")
    question = f"查询赵小宝的住址，身份证号{NUMBER}，电话{PHONE}"
    sql = f"SELECT a FROM t WHERE name = '赵小宝' AND c IN ('{NUMBER}', '{PHONE}')"
    log.append("turn", "x", {"id": "1" * 18, "question": question, "sql": sql, "more": [{"说明": PHONE}], "n": 3})
    stored = (tmp_path / "audit.sqlite").read_bytes() + b"".join(p.read_bytes() for p in tmp_path.glob("*wal"))
    for value in ("赵小宝", NUMBER, PHONE):
        assert value.encode() not in stored
    body = log.entries()[0].body
    assert body["question"] == "查询〔姓名〕的住址，身份证号〔身份证号〕，电话〔电话〕"
    assert body["sql"] == "SELECT a FROM t WHERE name = '〔姓名〕' AND c IN ('〔身份证号〕', '〔电话〕')"
    assert body["id"] == "1" * 18 and body["n"] == 3


@given(
    st.recursive(
        st.text(max_size=20) | st.integers() | st.none(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
        max_leaves=8,
    )
)
def test_what_holds_nothing_personal_keeps_its_shape(value: object) -> None:
    before = json.dumps({"x": value}, default=str)
    after = json.dumps(without_personal({"x": value}), default=str)
    assert re.sub(r'"[^"]*"', '""', after).count("{") == re.sub(r'"[^"]*"', '""', before).count("{")


def test_an_entry_says_who_what_why_and_what_was_read() -> None:
    table = ResultTable(columns=[TableColumn(name="数", label="数", type="number")], rows=[[773104]], row_count=1)
    sql = Sql(text="SELECT count(*) AS 数 FROM school WHERE district = '甲区'", tables=["school"], columns=["数"])
    answer = Answer(
        id="a1", question="甲区有多少学校", principal="official", text="773104所", sql=sql, table=table,
        explanation="学校数量，区为甲区", citations=[Citation(n=1, kind="dataset", id="d-1", title="学校")],
        timings_ms={"run": 2.0, "plan": 3.0}, versions={"data": "7"},
    )  # fmt: skip
    body = entry_of(answer, ASKER)
    assert (body["id"], body["role"], body["department"], body["route"]) == ("a1", "official", "市教育局", "data")
    assert (body["tables"], body["columns"], body["rows"], body["ms"]) == (["school"], ["district"], 1, 5.0)
    assert body["because"] == "学校数量，区为甲区" and body["sources"] == ["d-1"] and body["data_version"] == "7"
    assert "773104" not in json.dumps(body)  # no value of the result
    refused = entry_of(Refuse(id="b", text="有条件共享的数据", reason="forbidden", may_request=["d-2"]), ASKER)
    assert (refused["outcome"], refused["reason"], refused["may_request"]) == ("refuse", "forbidden", ["d-2"])
    assert refused["because"] == "有条件共享的数据"


def test_columns_of_a_statement() -> None:
    nested = "WITH a AS (SELECT x, y FROM t) SELECT a.x, count(*) FROM a WHERE z = 1"
    assert columns_read(nested) == ["x", "y", "z"]
    assert columns_read("SELECT *, a FROM t") == columns_read("SELECT t.*, a FROM t") == ["*", "a"]
    assert columns_read("SELECT (((") == []


def test_a_noted_head_shows_what_was_cut_off(tmp_path: Path) -> None:
    log = filled(tmp_path)
    noted = log.head()
    third = log.entries(1, before=4)[0].hash
    assert log.verify(Head(0, noted.hash)) == [] and log.verify(noted) == []
    edit(tmp_path / "audit.sqlite", "DELETE FROM entry WHERE n > 3")
    edit(tmp_path / "audit.sqlite", f"UPDATE seal SET count = 3, hash = '{third}'")
    (tmp_path / "audit.sqlite.head").write_text(f"3 {third}\n")
    assert log.verify() == []  # nothing here can tell any more
    assert [p.kind for p in log.verify(Head(0, noted.hash))] == ["removed"]
    assert {p.n for p in log.verify(noted)} == set(range(4, 10))
    assert log.verify(Head(0, third)) == []


def test_an_export_is_checked_by_itself(tmp_path: Path) -> None:
    log = filled(tmp_path)
    today = date.fromisoformat(log.entries(1)[0].at[:10])
    written = export(log, tmp_path / "out.jsonl", today, today, "监督员")
    assert written.entries == 9
    again, problems = check_file(tmp_path / "out.jsonl")
    assert problems == [] and again == written
    newest = log.entries(1)[0]
    assert (newest.kind, newest.principal, newest.body["sha256"]) == ("export", "监督员", written.sha256)
    assert log.verify() == []
    with pytest.raises(AuditError, match="不会覆盖"):
        export(log, tmp_path / "out.jsonl", None, None, "x")
    with pytest.raises(AuditError, match="没有审计记录"):
        export(log, tmp_path / "none.jsonl", date(2000, 1, 1), date(2000, 1, 2), "x")
    assert not (tmp_path / "none.jsonl").exists()


@pytest.mark.parametrize("how", ["change", "drop", "swap", "cut", "insert"])
def test_a_tampered_file_is_named(tmp_path: Path, how: str) -> None:
    path = tmp_path / "out.jsonl"
    export(filled(tmp_path), path, None, None, "x")
    lines = path.read_text("utf-8").splitlines()
    if how == "change":
        lines[4] = lines[4].replace("第3问", "第八问")
    elif how == "drop":
        del lines[4]
    elif how == "swap":
        lines[4], lines[5] = lines[5], lines[4]
    elif how == "cut":
        del lines[8:10]
    else:
        lines.insert(4, lines[4])
    path.write_text("\n".join(lines) + "\n", "utf-8")
    _, problems = check_file(path)
    assert problems and all(re.search(r"[\u4e00-\u9fff]", p.message) for p in problems)


def test_old_entries_move_to_a_file_and_the_chain_goes_on(tmp_path: Path) -> None:
    log = aged(tmp_path, 5, "2020-03-01")
    noted = log.head()
    with pytest.raises(AuditError, match="至少保存3年"):
        archive(log, tmp_path / "x.jsonl", date(2025, 1, 1), "管理员", today=date(2026, 1, 1), years=1)
    written = archive(log, tmp_path / "old.jsonl", date(2021, 1, 1), "管理员", today=date(2026, 1, 1))
    assert written.entries == 5 and check_file(tmp_path / "old.jsonl")[1] == []
    assert [entry.n for entry in log.entries()] == [10, 9, 8, 7, 6]
    assert log.entries(1)[0].body["sha256"] == written.sha256
    assert log.verify() == [] and log.verify(noted) == []
    assert log.append("turn", "x", {}).startswith("11-") and log.verify() == []
    assert AuditLog(tmp_path / "audit.sqlite").verify() == []
    edit(tmp_path / "audit.sqlite", "DELETE FROM entry WHERE n = 6")
    assert {p.n for p in log.verify() if p.kind == "removed"} == {6}


def test_moving_entries_away_without_a_record_is_found(tmp_path: Path) -> None:
    log = aged(tmp_path, 5, "2020-03-01")
    base = log.entries(1, before=6)[0]
    edit(tmp_path / "audit.sqlite", "CREATE TABLE archived (n INTEGER PRIMARY KEY, hash TEXT, file TEXT, sha256 TEXT)")
    edit(tmp_path / "audit.sqlite", f"INSERT INTO archived VALUES (5, '{base.hash}', 'x', 'y')")
    edit(tmp_path / "audit.sqlite", "DELETE FROM entry WHERE n <= 5")
    assert [p.n for p in log.verify()] == [5]


def test_on_the_command_line(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "ws", kind="demo")
    log = AuditLog(workspace.audit_path)
    for who in ("citizen", "official", "citizen"):
        log.append("turn", who, {"question": f"{who}的问题", "outcome": "answer"})

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["-w", str(workspace.root), "audit", *words])
        return done.exit_code, done.output

    code, said = run("verify")
    head = re.search(r"3-[0-9a-f]{64}", said)
    assert code == 0 and head is not None
    assert run("verify", "--head", head[0])[0] == run("verify", "--head", head[0].split("-")[1])[0] == 0
    assert run("verify", "--head", f"3-{'0' * 64}")[0] == 1
    code, said = run("mine", "--as", "citizen")
    assert code == 0 and said.count("citizen的问题") == 2 and "official" not in said
    assert run("export", "--out", str(tmp_path / "out.jsonl"))[0] == 0
    assert run("verify", "--file", str(tmp_path / "out.jsonl"))[0] == 0
    assert run("archive", "--before", "2026-01-01", "--out", str(tmp_path / "old.jsonl"))[0] == 1
    edit(workspace.audit_path, "UPDATE entry SET body = '{}' WHERE n = 2")
    code, said = run("verify")
    assert code == 1 and "第 2 条记录的内容被改动" in said
