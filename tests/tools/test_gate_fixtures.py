"""Each check of the gate against its own file of statements, some allowed by the whole gate, some refused by that check.

In a fixture file a case is a comment line, `-- allowed` or `-- refused`, and the statement below it; an empty line ends it.
`{{text * 300}}` stands for 300 times the text, backslash escapes for characters that an editor would hide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.principal import GroupRule, Scope, TableScope
from tools.query.gate import CHECKS, inspect
from tools.query.statement import Statement
from tools.query.worker import WorkerPool
from tools.scope_db import scope_of

FOLDER = Path(__file__).parent / "fixtures" / "gate"
SCOPE = scope_of(
    {
        "budget": TableScope(columns=["dept", "amount"]),
        "catalog": TableScope(columns=["dept", "title", "created_at"]),
        "学校": TableScope(columns=["学校名称", "区", "年份", "学生数"]),
        "居民": TableScope(
            columns=["所在区", "性别", "收入"],
            groups=GroupRule(k=5, persons=["身份证号"], dimensions=["所在区", "性别"], measures=["收入"]),
        ),
    },
    "1",
)
ESCAPE = re.compile(r"\\(u[0-9a-f]{4}|[nrt])")
REPEAT = re.compile(r"\{\{(.+?) \* (\d+)\}\}")
Case = tuple[str, bool, str]  # check, allowed, statement


def expand(text: str) -> str:
    text = REPEAT.sub(lambda match: match[1] * int(match[2]), text)
    return ESCAPE.sub(lambda match: match[0].encode().decode("unicode_escape"), text)


def cases() -> Iterator[Case]:
    for path in sorted(FOLDER.glob("*.sql")):
        for block in path.read_text("utf-8").split("\n\n"):
            head, _, sql = block.strip("\n").partition("\n")
            verdict = head.removeprefix("-- ").partition(":")[0]
            assert verdict in ("allowed", "refused"), f"{path.name}: {head}"
            yield path.stem, verdict == "allowed", expand(sql)


CASES = list(cases())


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    workers = WorkerPool(1)
    yield workers
    workers.close()


@pytest.mark.parametrize("case", CASES, ids=[f"{check}-{n}" for n, (check, _, _) in enumerate(CASES)])
def test_fixture(pool: WorkerPool, case: Case) -> None:
    check, allowed, sql = case
    findings = inspect(Statement(sql, pool.parse), SCOPE)
    if allowed:
        assert findings == []
    else:
        assert check in [finding.check for finding in findings]
        assert all("�" not in finding.message and finding.message.endswith("。") for finding in findings)


def test_every_check_has_a_fixture_file_with_both_kinds() -> None:
    kinds = {(check, allowed) for check, allowed, _ in CASES}
    assert kinds == {(check.__name__, allowed) for check in CHECKS for allowed in (True, False)}


HIDDEN = ("citizens", "internal_note", "id_card", "private")


@pytest.mark.parametrize("case", [case for case in CASES if not case[1]], ids=lambda case: case[0])
def test_findings_name_nothing_hidden(pool: WorkerPool, case: Case) -> None:
    for finding in inspect(Statement(case[2], pool.parse), SCOPE):
        assert not any(name in finding.message for name in HIDDEN)


def test_hidden_and_absent_are_refused_in_the_same_words(pool: WorkerPool) -> None:
    def said(sql: str) -> list[str]:
        return [finding.message for finding in inspect(Statement(sql, pool.parse), SCOPE)]

    assert said("SELECT * FROM citizens") == said("SELECT * FROM nonesuch")
    assert said("SELECT internal_note FROM budget") == said("SELECT xnternal_note FROM budget")


def test_findings_say_where(pool: WorkerPool) -> None:
    [finding] = inspect(Statement("SELECT 区,\n  名字 FROM 学校", pool.parse), SCOPE)
    assert finding.message.startswith("第 2 行第 3 列")


def test_a_broken_scope_refuses(pool: WorkerPool) -> None:
    broken = Scope.model_construct(id="x", tables=None)
    assert inspect(Statement("SELECT dept FROM budget", pool.parse), broken)
    assert inspect(Statement("SELECT dept FROM budget", pool.parse), Scope(id="x", tables={}))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_judged_without_an_exception(pool: WorkerPool, text: str) -> None:
    assert inspect(Statement(text, pool.parse), SCOPE)


VOCABULARY = """
    SELECT FROM WHERE budget catalog citizens dept amount internal_note * , ( ) ; -- /* */ 'x' " WITH AS UNION JOIN ON USING = 1
    read_text('x') private. main. GROUP BY ALL ORDER LIMIT COLUMNS('.*') SUMMARIZE DESCRIBE t :: . [ ] { } -> $1 ? #1
"""
WORDS = st.sampled_from(VOCABULARY.split())


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=14))
def test_what_passes_reads_tables_of_the_scope_alone(pool: WorkerPool, words: list[str]) -> None:
    statement = Statement(" ".join(["SELECT", *words]), pool.parse)
    if not inspect(statement, SCOPE):
        assert statement.engine.kinds == ["SELECT"]
        assert {table.name.lower() for table in statement.tables} <= set(SCOPE.tables)
