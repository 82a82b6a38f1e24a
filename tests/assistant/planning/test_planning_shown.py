"""What a literal reading shows: the columns that a question asks for, no more and no fewer, in any order of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from museum_town import connect, planner

from assistant.planning.embedded import EmbeddedPlanner


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def literal(con: duckdb.DuckDBPyConnection) -> EmbeddedPlanner:
    return planner(con)


def shown(con: duckdb.DuckDBPyConnection, planned: EmbeddedPlanner, question: str) -> list[tuple[str, ...]]:
    """The rows, each as a sorted tuple of texts: the order of columns does not matter."""
    sql = planned.plan(question).sql
    assert sql is not None, question
    return sorted(tuple(sorted(str(cell) for cell in row)) for row in con.execute(sql).fetchall())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # a bare noun for where a thing belongs
        ("给出每个城市所在的区", [("东南",), ("东南",), ("西北",)]),
        ("博物馆数量大于8的城市有哪些，并给出它们所属的大区", [("东南", "江口")]),
        # what a pronoun takes up is asked for itself
        ("面积大于700的博物馆，并给出它们的馆长", [("吴敏", "自然馆"), ("海洋馆", "王岚")]),
        ("面积前2的博物馆，并给出其地址", [("江口路2号", "自然馆"), ("海洋馆", "长浦道4号")]),
        # where something is said to happen is not asked for
        ("哪些博物馆在东厅展厅里有多于1个展览", []),
        # the letter before a noun picks one of two numbers
        ("机车展有多少小型展品", [(5,)]),
        ("给出每个展览的大展品", [(1,), (2,), (3,), (7,), (9,)]),
        # a part of the word for its rows names them
        ("给出每座城和博物馆数量", [(4, "石门"), (6, "长浦"), (9, "江口")]),
        # each thing's attribute: the attribute alone
        ("给出每个博物馆所属的类别", [("专题",), ("专题",), ("综合",), ("综合",)]),
        # the extreme value itself, not what has it; the difference itself, not what it is of
        ("博物馆数量最多的城市有多少博物馆", [(9,)]),
        ("各展览大型展品数与小型展品数之差分别是多少", [(-28,), (-89,), (-9,), (-4,), (4,)]),
        ("哪个城市的博物馆数量最多，有多少博物馆", [(9, "江口")]),
        # what is done to things is not asked for
        ("哪些博物馆举办了票价最高的展览", [("海洋馆",)]),
        # all columns, of one table or of two
        ("告诉我票价最高的展览的全部信息", [(12, 3, 6000, 80, "m4", "东厅", "鲸鱼展")]),
        (
            "列出铁路馆所属的城市以及该博物馆的全部信息",
            [("c2", "c2", "m3", "专题", "石门", "石门街3号", 2011, 4, 600, "西北", "郑远", "铁路馆")],
        ),
        ("哪两条记录的票价最低", [(1, 1500, 30, 90, "m2", "东厅", "蝴蝶展"), (2, 20, 30, 500, "m1", "东厅", "春茶展")]),
        # what is sorted, and by what
        (
            "按大型展品数和小型展品数之和对展览降序排序",
            [("春茶展",), ("恐龙展",), ("蝴蝶展",), ("机车展",), ("鲸鱼展",)],
        ),
        (
            "哪些博物馆有展览？按照面积将它们以从小到大的顺序排列",
            [("茶叶馆",), ("自然馆",), ("自然馆",), ("铁路馆",), ("海洋馆",)],
        ),
        # among what, or with whom, is not asked for
        ("在各类别中面积最大的两座博物馆叫什么", [("海洋馆",), ("自然馆",)]),
        ("只考虑面积大于500的类别，哪些博物馆成立时间最早", [("自然馆",)]),
        ("票价最高的展览属于哪座博物馆", [("海洋馆",)]),
        # groups of one row each have no extreme of their own
        ("各博物馆的最大面积是多少", [(1200,)]),
        ("各类别的最大面积是多少", [("专题", 600), ("综合", 1200)]),
        # the noun that 每 belongs to stands at the end of its clause, or before its verb
        ("每个值得一去的类别中，面积一共是多少", [("专题", 900), ("综合", 2100)]),
        ("每个区管辖的城市中，博物馆数量最多的城市有多少博物馆", [("东南", 9), ("西北", 4)]),
        # words are sorted by themselves; the sorted word is not shown
        ("按类别升序排列，都有哪些博物馆", [("茶叶馆",), ("自然馆",), ("铁路馆",), ("海洋馆",)]),
        # a verb is not asked for
        ("哪些博物馆在多于1个展厅展出", [("自然馆",)]),
        ("哪2个类别的平均面积数量最大，同时给出面积一共有多少", [("专题", 900), ("综合", 2100)]),
        # question words ask for a column by what it holds
        ("自然馆在哪里", [("江口路2号",)]),
        ("各个博物馆分别在哪里", [("江口路1号",), ("江口路2号",), ("石门街3号",), ("长浦道4号",)]),
        ("铁路馆是什么时候成立的", [(2011,)]),
        ("铁路馆何时建成", [(2011,)]),
        ("博物馆有哪些类别", [("专题",), ("综合",), ("专题",), ("综合",)]),
        ("给出面积最大的博物馆的博物馆的馆长", [("王岚",)]),
        # a word before a value makes another value of the two
        ("类别不属于民俗专题的博物馆有哪些", [("茶叶馆",), ("自然馆",), ("铁路馆",), ("海洋馆",)]),
        ("类别属于民俗专题的博物馆有哪些", []),
        # whose number is tested is not asked for
        ("哪些类别的各博物馆的平均面积大于500", [("综合",)]),
        ("按照展厅分类，票价为30以上的类别的平均票价大于50的展厅有哪些", [("东厅",)]),
        ("展览中，票价最低的那次共有多少票价", [(20,)]),
        (
            "观众人数大于2000或者有不少于90的小型展品数的展览有哪些",
            [("恐龙展",), ("蝴蝶展",), ("机车展",), ("鲸鱼展",)],
        ),
    ],
)
def test_shows_what_is_asked(
    con: duckdb.DuckDBPyConnection, literal: EmbeddedPlanner, question: str, expected: list[tuple[Any, ...]]
) -> None:
    asked = sorted(tuple(sorted(str(cell) for cell in row)) for row in expected)
    assert shown(con, literal, question) == asked


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("面积最大的博物馆在哪儿", [("1200", "海洋馆", "长浦道4号")]),
        ("自然馆什么时候成立的", [("2005",)]),
        # the kinds that there are; every column where that is said; one number for each thing
        ("博物馆有哪些类别", [("专题",), ("综合",)]),
        ("铁路馆的详细信息", [("铁路馆", "c2", "专题", "石门街3号", "郑远", "600", "2011")]),
        ("面积最大的博物馆的全部信息", [("海洋馆", "1200", "c3", "综合", "长浦道4号", "王岚", "2016")]),
        ("各城市博物馆数量", [("江口", "9"), ("石门", "4"), ("长浦", "6")]),
        (
            "按大型展品数和小型展品数之和对展览降序排序",
            [("蝴蝶展", "91"), ("春茶展", "32"), ("恐龙展", "18"), ("鲸鱼展", "15"), ("机车展", "14")],
        ),
        (
            "各展览大型展品数与小型展品数之差分别是多少",
            [("春茶展", "-28"), ("恐龙展", "-4"), ("蝴蝶展", "-89"), ("机车展", "4"), ("鲸鱼展", "-9")],
        ),
        (
            "各个博物馆分别在什么地方",
            [("江口路1号", "茶叶馆"), ("江口路2号", "自然馆"), ("石门街3号", "铁路馆"), ("海洋馆", "长浦道4号")],
        ),
    ],
)
def test_people_are_shown_what_they_ask_for_with_its_names(
    con: duckdb.DuckDBPyConnection, question: str, expected: list[tuple[str, ...]]
) -> None:
    assert shown(con, planner(con, strict=False), question) == sorted(tuple(sorted(row)) for row in expected)


def test_a_place_that_no_column_holds_is_not_made_up(con: duckdb.DuckDBPyConnection, literal: EmbeddedPlanner) -> None:
    sql = literal.plan("春茶展在哪里").sql or ""
    assert "票价" not in sql and "展厅" not in sql
