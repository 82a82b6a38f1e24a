"""Reads data items from the short form in which the entry files write them.

`名称:类型!敏感类型=含义|…`; everything after the name may be left out. A type that is not written follows from the glossary or
from how the name ends; types are then worded in the manner of the providing department, as no two do it alike.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from corpus.catalog import DataItem, Sensitivity

GLOSSARY = Path(__file__).with_name("glossary.yaml")
SHORT = re.compile(
    r"(?P<name>[^:!=]+)(?::(?P<type>字符|数值|整|日|时))?(?:!(?P<sensitivity>\w+))?(?:=(?P<meaning>.+))?"
)
KINDS = {"整": "整数", "日": "日期", "时": "时间"}
ENDINGS = (
    ("整数", ("数", "人次", "户次", "年份", "年度", "起数", "件数")),
    ("日期", ("日期", "有效期至")),
    ("时间", ("上报时间", "定位时间")),
    ("数值", ("率", "额", "量", "值", "占比", "利率", "水位", "指数", "价", "面积", "里程", "长度", "声级", "评分")),
)
FORMATS = {"日期": "格式为YYYY-MM-DD", "时间": "格式为YYYY-MM-DD HH:MM:SS"}
UNIT = re.compile(r"（(?P<unit>[^）]*[元米吨%℃亩帕秒瓦册辆斤克贝公顷][^）]*)）$")
MANNERS: tuple[dict[str, str], ...] = (
    {"字符": "字符型", "数值": "数值型", "整数": "整型", "日期": "日期型", "时间": "日期时间型"},
    {"字符": "字符型C", "数值": "数值型N", "整数": "数值型N", "日期": "日期型D", "时间": "日期时间型T"},
    {"字符": "字符串", "数值": "浮点数", "整数": "整数", "日期": "日期", "时间": "时间"},
    {"字符": "VARCHAR", "数值": "DECIMAL", "整数": "INT", "日期": "DATE", "时间": "DATETIME"},
    {"字符": "文本", "数值": "数字", "整数": "数字", "日期": "日期", "时间": "日期"},
)
KIND_OF_COLUMN = (
    ("时间", ("TIMESTAMP",)),
    ("日期", ("DATE",)),
    ("整数", ("BIGINT", "INTEGER", "SMALLINT", "HUGEINT", "TINYINT")),
    ("数值", ("DOUBLE", "FLOAT", "DECIMAL", "REAL")),
)


@cache
def glossary() -> dict[str, tuple[str, Sensitivity, str]]:
    """What common items mean: name → (kind, sensitivity, meaning)."""
    found = {}
    for name, line in yaml.safe_load(GLOSSARY.read_text("utf-8")).items():
        kind, sensitivity, meaning = (part.strip() for part in line.split("|"))
        found[name] = (kind, Sensitivity(sensitivity), meaning)
    return found


def read_items(text: str, manner: int) -> list[DataItem]:
    """The items of one entry; `manner` picks how types are worded. ValueError names a part that cannot be read."""
    return [_item(part, MANNERS[manner % len(MANNERS)]) for part in text.split("|")]


def _item(part: str, manner: dict[str, str]) -> DataItem:
    found = SHORT.fullmatch(part.strip())
    if found is None:
        raise ValueError(f"数据项写法不对：{part}")
    name = found["name"]
    kind, sensitivity, meaning = glossary().get(name, (_kind(name), Sensitivity.NONE, _meaning(name)))
    if found["type"]:
        kind = KINDS.get(found["type"], found["type"])
    if found["sensitivity"]:
        sensitivity = Sensitivity(found["sensitivity"])
    return DataItem(name=name, type=manner[kind], meaning=found["meaning"] or meaning, sensitivity=sensitivity)


def _kind(name: str) -> str:
    if UNIT.search(name):
        return "数值"
    bare = re.sub(r"（[^）]*）$", "", name)
    return next((kind for kind, endings in ENDINGS if bare.endswith(endings)), "字符")


def _meaning(name: str) -> str:
    """What the name alone says of an item that nobody described: a unit, a format, yes or no; often nothing."""
    unit = UNIT.search(name)
    if unit:
        return f"计量单位：{unit['unit']}"
    if name.startswith("是否"):
        return "取值：是、否"
    return FORMATS.get(_kind(name), "")


def column_type(type_name: str, manner: int) -> str:
    """A DuckDB type in the wording of a department."""
    kind = next((kind for kind, prefixes in KIND_OF_COLUMN if type_name.upper().startswith(prefixes)), "字符")
    return MANNERS[manner % len(MANNERS)][kind]
