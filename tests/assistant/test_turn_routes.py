"""Every kind of question over the demo city, and what must hold for every outcome whatever was asked."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import duckdb
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.events import StepEvent
from assistant.outcome import OUTCOME, Answer, Draft, Outcome, Refuse, ResultTable

SCHEMA = OUTCOME.json_schema(mode="serialization")
FRAGMENTS = "去年 各区 学校 数量 平均 最多 的 是 医院 2023年 超过 一百万 前三 条例 申请 共享 数据 不 和 同比 . ' ; -- % 哪里 人口 名单 近三年 ( 】"
QUESTIONS = [
    ("citizen", "去年各区的学校数量？"),
    ("citizen", "全市一共有多少所学校？"),
    ("citizen", "床位数最多的医院是哪家？"),
    ("citizen", "各区常住人口是多少"),
    ("citizen", "2023年各月份12345工单数量"),
    ("citizen", "民办学校占全部学校的比例是多少？"),
    ("citizen", "找一下空气质量的数据"),
    ("citizen", "哪里能下载公园名录"),
    ("citizen", "有条件共享的数据多久答复？"),
    ("citizen", "政务数据共享申请应当说明哪些内容？"),
    ("citizen", "数据开放负面清单里有什么规定"),
    ("official", "我要申请共享不动产登记数据，用于入学资格审核"),
    ("citizen", "你有哪些数据？"),
    ("citizen", "给我讲个笑话"),
    ("citizen", "火星上有多少学校"),
    ("citizen", "各区居民的数量"),
    ("citizen", "去年各区的学校数量和老虎数量"),
]


def sound(outcome: Outcome, assistant: Assistant) -> None:
    """What every outcome must be, whoever asked what."""
    jsonschema.validate(outcome.model_dump(mode="json"), SCHEMA)
    assert OUTCOME.validate_json(outcome.model_dump_json()) == outcome
    assert outcome.text.strip()
    named = {int(n) for n in re.findall(r"\[(\d+)\]", outcome.text)}
    assert named == {c.n for c in outcome.citations}
    for citation in outcome.citations:
        assert citation.sha256 == hashlib.sha256(citation.quote.encode()).hexdigest()
        if citation.kind == "article":
            document, _, locator = citation.id.partition("#")
            stored = assistant.store.document(document)
            assert stored is not None
            assert citation.quote
            assert any(a.locator == locator and citation.quote in a.text for a in stored.articles)
            assert citation.in_force is stored.in_force(assistant.services.today) is True
        elif citation.kind == "dataset":
            entry = assistant.store.dataset(citation.id)
            assert entry is not None
            assert citation.quote == entry.summary
        elif citation.kind == "query":
            assert assistant.workspace.data_version in citation.id
            assert assistant.workspace.data_version in citation.locator
    assert outcome.versions["data"] == assistant.workspace.data_version
    assert {"understand"} <= set(outcome.timings_ms)
    if isinstance(outcome, Answer) and outcome.sql is not None:
        assert outcome.table is not None
        assert any(c.kind == "query" for c in outcome.citations)
        assert not stray_numbers(outcome.text, outcome.table, " ".join(o.label for o in outcome.state))


def stray_numbers(text: str, table: ResultTable, conditions: str = "") -> list[str]:
    """The numbers of a text that stand in no cell of the table nor in the query's conditions, and are not its number of rows."""
    cells = [str(v) for row in table.rows for v in row if v is not None]
    values = {round(float(v), 2) for row in table.rows for v in row if isinstance(v, int | float)}
    words = " ".join([*cells, *(c.label for c in table.columns), conditions])
    plain = re.sub(r"\[\d+\]", "", text)
    found = re.findall(r"(?<![\d.])-?\d[\d,]*(?:\.\d+)?", plain)
    return [
        n
        for n in found
        if n not in words and round(float(n.replace(",", "")), 2) not in values | ties(table) | {float(table.row_count)}
    ]


def ties(table: ResultTable) -> set[float]:
    """How many rows share their value in a column: 「等3项」."""
    columns = [[str(row[i]) for row in table.rows] for i in range(len(table.columns))]
    return {float(column.count(v)) for column in columns for v in column}


@pytest.mark.parametrize(("who", "question"), QUESTIONS)
def test_every_outcome_is_sound(demo_assistant: Assistant, who: str, question: str) -> None:
    sound(demo_assistant.ask(question, principal=who), demo_assistant)


def test_a_data_question_is_answered_from_the_data(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("全市一共有多少所学校？")
    assert isinstance(outcome, Answer)
    assert (outcome.route, outcome.label, outcome.planner, outcome.status) == ("data", "rules", "embedded", "complete")
    with duckdb.connect(str(demo_assistant.workspace.warehouse_path), read_only=True) as connection:
        (count,) = connection.execute("SELECT count(*) FROM school").fetchone() or (None,)
    assert outcome.table is not None
    assert outcome.table.rows == [[count]]
    assert f"{count:,}" in outcome.text
    assert outcome.sql is not None
    assert outcome.sql.tables == ["school"]
    assert [d.title for d in outcome.datasets] == ["学校基本信息"]
    assert outcome.explanation


def test_the_query_that_is_cited_gives_the_rows_that_are_shown(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("去年各区的学校数量？")
    assert isinstance(outcome, Answer)
    assert outcome.table is not None
    cited = next(c for c in outcome.citations if c.kind == "query")
    with duckdb.connect(str(demo_assistant.workspace.warehouse_path), read_only=True) as connection:
        rows = [list(row) for row in connection.execute(cited.quote).fetchall()]
    assert sorted(rows, key=str) == sorted(outcome.table.rows, key=str)
    assert len(rows) == 9
    assert outcome.chart is not None
    assert {outcome.chart.x, *outcome.chart.y} <= {c.name for c in outcome.table.columns}


def test_a_reviewed_question_runs_the_reviewed_query(demo_assistant: Assistant) -> None:
    reviewed = demo_assistant.services.semantics.verified[0]
    outcome = demo_assistant.ask(f"请问{reviewed.question}")
    assert isinstance(outcome, Answer)
    assert (outcome.label, outcome.planner) == ("verified", "verified")
    assert next(c for c in outcome.citations if c.kind == "query").quote == reviewed.sql


def test_datasets_are_found_with_what_each_holds(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("找一下空气质量的数据")
    assert isinstance(outcome, Answer)
    assert outcome.route == "find_dataset"
    assert "空气质量日报" in [d.title for d in outcome.datasets]
    assert all(d.opening for d in outcome.datasets)
    assert outcome.sql is None


def test_a_policy_answer_is_quotes_alone(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("有条件共享的数据多久答复？")
    assert isinstance(outcome, Answer)
    assert outcome.route == "policy"
    assert any("有条件共享" in c.quote and "工作日" in c.quote for c in outcome.citations)
    for citation in outcome.citations:
        assert citation.quote in outcome.text
        assert citation.locator in outcome.text


def test_superseded_texts_are_not_quoted(demo_assistant: Assistant) -> None:
    today = demo_assistant.services.today
    old = [d for d in demo_assistant.store.documents() if not d.in_force(today)]
    assert old
    for document in old:
        for article in document.articles[:6]:
            outcome = demo_assistant.ask(f"{article.text[:60]}是怎么规定的？")
            assert all(not c.id.startswith(f"{document.id}#") for c in outcome.citations)


def test_a_request_becomes_a_draft_with_visible_blanks(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("我要申请共享不动产登记数据，用于入学资格审核", principal="official")
    assert isinstance(outcome, Draft)
    assert outcome.route == "share_request"
    assert outcome.request["申请部门"] == "云澜市教育局"
    assert "入学资格审核" in outcome.request["使用场景"]
    assert "未提交" in outcome.request["状态"]
    entry = demo_assistant.store.dataset(outcome.citations[0].id)
    assert entry is not None
    assert (outcome.request["申请的数据目录"], outcome.request["数据提供部门"]) == (entry.title, entry.publisher)
    assert outcome.missing
    assert all(outcome.request[name] == "" for name in outcome.missing)
    assert all(name in outcome.text for name in outcome.missing)
    assert not all(check.ok for check in outcome.checks)


def test_about_is_counted_from_the_catalogue(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("你有哪些数据？")
    assert isinstance(outcome, Answer)
    assert outcome.route == "about"
    assert f"{len(demo_assistant.store.datasets()):,}" in outcome.text
    assert f"{len(demo_assistant.store.documents())}份政策" in outcome.text


def test_out_of_scope_says_what_is_in_scope(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("给我讲个笑话")
    assert isinstance(outcome, Refuse)
    assert (outcome.reason, outcome.route) == ("out_of_scope", "out_of_scope")
    assert outcome.suggestions


def test_what_is_not_held_is_said_not_guessed(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("火星上有多少学校")
    assert isinstance(outcome, Answer)
    assert outcome.status == "no_information"
    assert "火星" in outcome.text
    assert outcome.table is None


def test_a_word_that_is_not_used_is_named(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("去年各区的学校数量和老虎数量")
    assert isinstance(outcome, Answer)
    assert outcome.status == "partial"
    assert any("老虎" in warning for warning in outcome.warnings)


def test_suggestions_can_be_asked(demo_assistant: Assistant) -> None:
    for question in [*demo_assistant.examples(), *demo_assistant.ask("去年各区的学校数量？").suggestions]:
        outcome = demo_assistant.ask(question)
        assert outcome.kind == "answer", question
        assert getattr(outcome, "status", "") != "no_information", question


def test_the_steps_are_told_as_they_happen(demo_assistant: Assistant) -> None:
    *events, outcome = demo_assistant.stream("去年各区的学校数量？")
    assert all(isinstance(e, StepEvent) for e in events)
    done = [e.step for e in events if isinstance(e, StepEvent) and e.status == "done"]
    assert done == ["understand", "retrieve", "route", "plan", "check", "run", "compose"]
    assert not isinstance(outcome, StepEvent)
    assert set(outcome.timings_ms) == set(done)


def test_the_schema_is_published(demo_assistant: Assistant, tmp_path: Path) -> None:
    kinds = {reference["$ref"].rsplit("/", 1)[-1] for reference in SCHEMA["oneOf"]}
    assert kinds == {"Answer", "Clarify", "Refuse", "Draft"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"kind": "answer", "text": "", "unknown": 1}, SCHEMA)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(FRAGMENTS.split()),
            min_size=1,
            max_size=9,
        ).map("".join),
    )
)
def test_any_text_has_a_sound_outcome(demo_assistant: Assistant, question: str) -> None:
    sound(demo_assistant.ask(question), demo_assistant)
