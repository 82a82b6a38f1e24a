"""Ways of asking about a town of inns, each against rows worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from inn_town import connect, planner

from assistant.planning.conditions.ladders import Place, ladder_of, places_of, within
from assistant.planning.embedded import EmbeddedPlanner


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def people(con: duckdb.DuckDBPyConnection) -> EmbeddedPlanner:
    return planner(con)


def rows(con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, question: str) -> list[tuple[Any, ...]]:
    sql = people.plan(question).sql
    assert sql is not None, question
    return con.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # a question for a quantity is never answered by a number of rows
        ("听涛客栈有多大", [(1500,)]),
        ("望月客栈多少钱", [(600,)]),
        ("2025年望月客栈罚了多少钱", [(1500,)]),
        ("听涛客栈2025年12月来了多少人", [(60,)]),
        # the newest figures where they are asked for
        ("听涛客栈最近的房价", [(250,)]),
        ("望月客栈最新的入住人次是多少", [(200,)]),
        ("现在平均房价是多少", [(425,)]),
        # a kind's own name before the things only describes them
        ("星级客栈有几家", [(3,)]),
        ("河西片区的星级客栈有多少家", [(1,)]),
    ],
)
def test_what_is_asked_is_what_is_counted(
    con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, question: str, expected: list[tuple[Any, ...]]
) -> None:
    assert rows(con, people, question) == expected


def test_periods_come_in_their_own_order(con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner) -> None:
    found = rows(con, people, "2025年各月份的入住人次")
    assert [value for _, value in found] == [390, 160]


def test_a_kind_named_behind_each_still_groups(con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner) -> None:
    assert len(rows(con, people, "各星级客栈有几家")) == 4


def test_a_quantity_that_nothing_holds_is_told(people: EmbeddedPlanner) -> None:
    best = people.plan("片区多少钱").candidates
    assert all("多少钱" in c.reading.unused for c in best if c.root == "quarter")


def test_a_number_in_another_unit_is_told(people: EmbeddedPlanner) -> None:
    reading = people.plan("望月客栈的建筑面积是多少公里").candidates[0].reading
    assert "公里" in reading.unused


def test_a_guess_by_sound_explains_the_whole_word(people: EmbeddedPlanner) -> None:
    assert not any("望月" in note for c in people.plan("往月兔有多少只").candidates for note in c.reading.assumptions)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("四星以上的客栈有几家", [(2,)]),
        ("四星及以上客栈有多少家", [(2,)]),
        ("不低于四星的客栈有几家", [(2,)]),
        ("四星级以上的客栈有几家", [(2,)]),
        ("四星以下的客栈有几家", [(2,)]),
        ("三星以上四星以下的客栈有几家", [(2,)]),
    ],
)
def test_values_with_an_order_have_bounds(
    con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, question: str, expected: list[tuple[Any, ...]]
) -> None:
    assert rows(con, people, question) == expected


@pytest.mark.parametrize(
    ("values", "bound", "op", "kept"),
    [
        (("一级", "二级乙等", "二级甲等", "三级甲等", "未定级"), "二级", ">=", ["二级乙等", "二级甲等", "三级甲等"]),
        (("一级", "二级乙等", "二级甲等"), "二级甲等", ">=", ["二级甲等"]),
        (("初中", "高中或中专", "大专", "本科", "不限"), "大专", ">=", ["大专", "本科"]),
        (("Ⅱ类", "Ⅲ类", "Ⅳ类", "劣Ⅴ类"), "Ⅲ类", ">=", ["Ⅲ类", "Ⅱ类"]),
        (("0-6岁", "7-17岁", "18-59岁", "60岁及以上"), "18-59岁", ">=", ["18-59岁", "60岁及以上"]),
        (("优", "良", "轻度污染", "中度污染"), "轻度污染", ">=", ["轻度污染", "中度污染"]),
        (("优", "良", "轻度污染"), "良", ">=", ["良", "优"]),
        (("A", "B", "C"), "B级", ">=", ["B", "A"]),
        (("大型", "中型", "小型"), "中型", "<", ["小型"]),
    ],
)
def test_ladders(values: tuple[str, ...], bound: str, op: str, kept: list[str]) -> None:
    held = {v: v for v in values}
    found = [ladder for said in places_of(bound) if (ladder := within(ladder_of(held, said), said, op))]
    assert kept in found


def test_a_bound_that_cuts_a_group_is_not_answered() -> None:
    ladder = ladder_of({v: v for v in ("0-17岁", "18-59岁", "60岁及以上")}, Place("extent 岁", 65, 65))
    assert within(ladder, Place("extent 岁", 65, 65), ">=") is None
    assert within(ladder, Place("extent 岁", 60, 60), ">=") == ["60岁及以上"]
    assert within(ladder, Place("extent 岁", 18, 18), "<=") == ["0-17岁"]


def test_values_without_an_order_have_no_ladder() -> None:
    assert not [p for text in ("书店", "花店", "河东") for p in places_of(text)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # places in a ranking
        ("客房数第二多的客栈", [("听涛客栈", 40)]),
        ("客房数排名第三的客栈是哪家", [("竹影客栈", 20)]),
        ("客房数第二名到第三名的客栈", [("听涛客栈", 40), ("竹影客栈", 20)]),
        # against a thing that is named
        ("客房数比听涛客栈多的客栈", [("望月客栈", 80)]),
        ("比听涛客栈建筑面积大的客栈有哪些", [("望月客栈", 4000)]),
        ("哪些片区的客栈比山前片区多", [("河东片区",), ("河西片区",)]),
        # groups that meet a bound are counted
        ("有2家以上客栈的片区有几个", [(2,)]),
        # one average over things or periods
        ("2025年平均每月有多少入住人次", [(275,)]),
        ("每家客栈平均多少间客房", [(37.5,)]),
        ("2025年每件处罚平均罚多少", [(1500,)]),
        # the best period, and the best of each kind and each period
        ("入住人次最多的一个月是哪个月", [("2025-11", 390)]),
        ("2025年每月入住人次最多的客栈", [("2025-11", "望月客栈", 300), ("2025-12", "望月客栈", 100)]),
        ("每个星级的客栈里，2025年入住人次最多的是哪个", [("4", "听涛客栈", 150), ("5", "望月客栈", 400)]),
        # in the unit that is asked for, beside the one that is kept
        ("望月客栈的建筑面积是多少公顷", [(4000, 0.4)]),
        ("2025年入住人次一共多少万人次", [(0.055, 550)]),
        # rates of several rows are averaged for each before they are compared
        ("2025年房价超过300元的客栈", [("望月客栈",)]),
        # numbers as they are spoken
        ("罚款超过0个亿的处罚有几件", [(4,)]),
    ],
)
def test_more_ways_of_asking(
    con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner, question: str, expected: list[tuple[Any, ...]]
) -> None:
    found = [tuple(v for v in row) for row in rows(con, people, question)]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_the_oldest_began_first(con: duckdb.DuckDBPyConnection, people: EmbeddedPlanner) -> None:
    assert rows(con, people, "最老的客栈")[0][0] == "望月客栈"
