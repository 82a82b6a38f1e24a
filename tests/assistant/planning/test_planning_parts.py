"""Small parts of the planner on their own: alternatives, units, spellings, soundness, what an asker must choose between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shop_city import MODEL, TODAY, connect, planner

from assistant.planning.conditions.alternatives import alternatives, disjoint
from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.judging.ambiguity import choices
from assistant.planning.linking.names import Names
from assistant.planning.linking.scales import converted, kind_of, misfit
from assistant.planning.linking.spellings import Spellings, keys_of
from assistant.planning.linking.times import TimeSpan, add_months, read_time, shifted
from assistant.planning.plan import And, Col, Compare, Condition, Or
from corpus.semantics import Additivity, Column, Role, SemanticModel, Table
from retrieval.values import ValueIndex

KIND, PLACE, STAFF = Col("shop", "kind"), Col("shop", "code"), Col("shop", "staff")


def _is(column: Col, value: str) -> tuple[Condition, None]:
    return Compare(column, "=", value), None


def test_two_values_of_one_column_are_alternatives() -> None:
    found = alternatives([_is(KIND, "书店"), _is(PLACE, "1"), _is(KIND, "花店")])
    assert found == And((Compare(PLACE, "=", "1"), Compare(KIND, "in", ("书店", "花店"))))


def test_pairs_of_values_stay_together() -> None:
    found = alternatives([_is(PLACE, "1"), _is(KIND, "书店"), _is(PLACE, "2"), _is(KIND, "花店")])
    assert isinstance(found, Or) and len(found.parts) == 2
    assert all(isinstance(part, And) for part in found.parts)


def test_a_bound_and_a_value_both_hold() -> None:
    bound = (Compare(STAFF, ">", 5), None)
    assert alternatives([_is(KIND, "书店"), bound]) == And((Compare(KIND, "=", "书店"), Compare(STAFF, ">", 5)))
    assert alternatives([_is(KIND, "书店"), _is(KIND, "书店")]) == Compare(KIND, "=", "书店")


@given(st.integers(2000, 2030), st.integers(0, 40), st.integers(1, 24), st.integers(1, 24))
def test_times_that_overlap_are_not_disjoint(year: int, gap: int, first: int, second: int) -> None:
    start = date(year, 1, 1)
    a = TimeSpan(start, add_months(start, first), "month", 0)
    later = add_months(start, gap)
    b = TimeSpan(later, add_months(later, second), "month", 0)
    assert disjoint([a, b]) == disjoint([b, a]) == (gap >= first)


@pytest.mark.parametrize(
    ("value", "said", "stored", "expected"),
    [
        (1, "平方公里", "公顷", 100),
        (3, "亩", "平方米", 2000),
        (2, "亿元", "万元", 20_000),
        (90, "分钟", "小时", 1.5),
        (5, "公里", "米", 5000),
        (3000, "元", "元/月", 3000),
        (5, "家", "个", None),
    ],
)
def test_units_are_converted_within_their_kind(value: float, said: str, stored: str, expected: float | None) -> None:
    found = converted(value, said, stored)
    assert found == (pytest.approx(expected) if expected is not None else None)


@given(st.floats(0.1, 1e6), st.sampled_from(["平方米", "公顷", "平方公里", "亩", "万平方米"]))
def test_conversion_comes_back(value: float, unit: str) -> None:
    there = converted(value, unit, "公顷")
    assert there is not None and converted(there, "公顷", unit) == pytest.approx(value)


def test_what_cannot_be_compared_does_not_fit() -> None:
    assert misfit("元", "平方米") and not misfit("元", "万元") and not misfit("家", "元")
    assert kind_of("元/平方米") == "money" and kind_of("家") == ""


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025年6到8月", date(2025, 6, 1), date(2025, 9, 1)),
        ("去年前五个月", date(2025, 1, 1), date(2025, 6, 1)),
        ("2025年前三季度", date(2025, 1, 1), date(2025, 10, 1)),
        ("10月1日到10月7日", date(2025, 10, 1), date(2025, 10, 8)),
        ("10月1日到7日", date(2025, 10, 1), date(2025, 10, 8)),
        ("2020年末", date(2020, 1, 1), date(2021, 1, 1)),
        ("2005年或之后", date(2005, 1, 1), None),
        ("2015年包括2015年之前", None, date(2016, 1, 1)),
        ("2025年第3季度", date(2025, 7, 1), date(2025, 10, 1)),
    ],
)
def test_times_as_people_say_them(text: str, start: date | None, end: date | None) -> None:
    span = read_time(text, 0, TODAY)
    assert span is not None and (span.start, span.end, span.length) == (start, end, len(text))


@given(st.dates(date(1999, 1, 1), date(2040, 12, 31)), st.integers(-20, 20))
def test_a_shifted_day_is_the_same_day_of_another_year(day: date, years: int) -> None:
    moved = shifted(day, years)
    assert moved.year == day.year + years and abs(
        (moved.replace(year=day.year) if moved.day < 29 else day) - day
    ) <= timedelta(1)


def _spellings() -> Spellings:
    with connect() as con:
        values = ValueIndex.build(con, MODEL)
    return Spellings.build(MODEL, Names(MODEL), values)


def test_sounds() -> None:
    assert set(keys_of("书店")) & set(keys_of("书点"))
    assert not set(keys_of("书店")) & set(keys_of("花店"))


def test_what_sounds_alike_is_found_and_what_is_two_things_is_not() -> None:
    spellings = _spellings()
    assert spellings.alike("冻城区") == "东城区"
    assert spellings.alike("大山书点") == "大山书店"
    assert spellings.alike("东城区") is None
    assert spellings.alike("飞机") is None


def test_shortened_values_are_found_in_the_tables_at_hand() -> None:
    spellings = _spellings()
    assert spellings.lengthened("茶", {"shop"}) == "茶店"
    assert spellings.lengthened("茶", {"district"}) is None
    assert spellings.lengthened("店", {"shop"}) is None


def _two_tables(first: str, second: str) -> EmbeddedPlanner:
    def table(name: str, label: str, measure: str) -> Table:
        number = Column(name="n", label=measure, type="BIGINT", role=Role.MEASURE, additivity=Additivity.SUM, unit="人")
        key = Column(name="id", label=f"{label}编号", role=Role.KEY)
        return Table(name=name, label=label, entity=label, primary_key=["id"], columns=[key, number])

    model = SemanticModel(tables=[table("fire", "火灾", first), table("crash", "车祸", second)])
    return EmbeddedPlanner(model, ValueIndex(), TODAY)


def test_a_number_that_two_tables_have_is_asked_back() -> None:
    asked = _two_tables("死亡人数", "死亡人数")
    found = choices(asked.plan("一共死亡多少人"), asked.model)
    assert {c.table for c in found} == {"fire", "crash"}
    for choice in found:
        again = asked.plan(choice.question)
        assert again.candidates[0].root == choice.table
        assert choices(again, asked.model) == []


def test_a_number_that_one_table_has_is_not() -> None:
    asked = _two_tables("死亡人数", "受伤人数")
    assert choices(asked.plan("一共死亡多少人"), asked.model) == []


def test_a_noun_that_ends_two_names_is_asked_back() -> None:
    names = [Column(name="id", label="编号", role=Role.KEY), Column(name="name", label="名称", role=Role.NAME)]
    tables = [
        Table(name=n, label=e, entity=e, primary_key=["id"], columns=names)
        for n, e in (("a", "医疗机构"), ("b", "养老机构"))
    ]
    model = SemanticModel(tables=tables)
    asked = EmbeddedPlanner(model, ValueIndex(), TODAY)
    found = choices(asked.plan("机构数量是多少"), model)
    assert [c.question for c in found] == ["医疗机构数量是多少", "养老机构数量是多少"]


_FRAGMENTS = (
    "各城区", "各类", "每家", "商店", "书店", "花店", "城区", "东城区", "员工数", "销售额", "注册资金", "检查", "不合格", "2025年", "去年", "1月到3月",
    "和", "或", "不是", "没有", "除了", "最多的", "最少", "前三名", "平均", "一共", "多少", "几家", "哪个", "哪些", "占比", "同比增长", "比", "多多少", "超过",
    "5", "三成", "100万元", "以上", "的", "，", "分别", "按", "从高到低", "排名", "是多少", "趋势", "每月", "人均", "高于", "之和", "几倍", "呢",
)  # fmt: skip


@pytest.fixture(scope="module")
def planners() -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[bool, EmbeddedPlanner]]]:
    with connect() as con:
        yield con, {strict: planner(con, strict=strict) for strict in (False, True)}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from(_FRAGMENTS), min_size=1, max_size=14), strict=st.booleans())
def test_no_question_breaks_the_planner_and_every_reading_runs(
    planners: tuple[duckdb.DuckDBPyConnection, dict[bool, EmbeddedPlanner]], words: list[str], strict: bool
) -> None:
    con, by_kind = planners
    for candidate in by_kind[strict].plan("".join(words)).candidates[:2]:
        con.execute(candidate.sql).fetchall()
