"""Islands, lighthouses and ferries for the planner's tests, attached as a bench database is: no hand-written model."""

from __future__ import annotations

from datetime import date
from functools import cache

import duckdb

from corpus.drafting import draft_semantics
from corpus.semantics import SemanticModel

TODAY = date(2020, 6, 1)

ROWS: dict[str, tuple[str, list[tuple[object, ...]]]] = {
    "海岛": (
        "词条id VARCHAR, 名称 VARCHAR, 所属省份 VARCHAR, 面积 DOUBLE, 居民数量 BIGINT",
        [
            ("item_i_1", "鹿岛", "福建", 20.0, 900),
            ("item_i_2", "鹤岛", "福建", 5.5, 120),
            ("item_i_3", "雁岛", "浙江", 12.0, 3000),
            ("item_i_4", "鲸岛", "山东", 8.0, 500),
        ],
    ),
    "灯塔": (
        "词条id VARCHAR, 名称 VARCHAR, 海岛id VARCHAR, 建成年份 BIGINT, 塔高 BIGINT, 射程 BIGINT",
        [
            ("item_l_1", "鹿角灯塔", "item_i_1", 1890, 30, 24),
            ("item_l_2", "望海灯塔", "item_i_1", 1956, 18, 15),
            ("item_l_3", "雁尾灯塔", "item_i_3", 1930, 42, 28),
            ("item_l_4", "鲸背灯塔", "item_i_4", 2001, 25, 18),
        ],
    ),
    "渡轮": (
        "词条id VARCHAR, 名称 VARCHAR, 载客量 BIGINT, 造价 BIGINT, 下水年份 BIGINT",
        [
            ("item_f_1", "海星号", 300, 5000, 2005),
            ("item_f_2", "海燕号", 120, 1800, 2012),
            ("item_f_3", "海鸥号", 450, 9000, 2018),
        ],
    ),
    "渡轮停靠海岛": (
        "渡轮id VARCHAR, 海岛id VARCHAR, 票价 BIGINT, 每周班次 BIGINT",
        [
            ("item_f_1", "item_i_1", 40, 7),
            ("item_f_1", "item_i_3", 60, 3),
            ("item_f_2", "item_i_1", 35, 14),
            ("item_f_2", "item_i_2", 25, 2),
            ("item_f_3", "item_i_3", 80, 10),
        ],
    ),
}


def connect() -> duckdb.DuckDBPyConnection:
    """The rows above. No ferry calls at 鲸岛; 鹤岛 has no lighthouse."""
    con = duckdb.connect()
    for name, (columns, rows) in ROWS.items():
        con.execute(f'CREATE TABLE "{name}" ({columns})')
        con.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(rows[0]))})', rows)
    return con


@cache
def model() -> SemanticModel:
    """What drafting makes of the tables alone."""
    with connect() as con:
        return draft_semantics(con, list(ROWS))
