"""Numbers for reading: separated thousands, two decimals at most, units, and the words that compare them."""

from __future__ import annotations

from typing import Any

_COUNTED = {
    "人",
    "个",
    "家",
    "件",
    "所",
    "户",
    "辆",
    "套",
    "起",
    "例",
    "对",
    "人次",
    "座",
    "张",
    "条",
    "名",
    "次",
    "天",
    "笔",
    "只",
    "批次",
    "部",
    "列次",
    "班次",
    "宗",
    "场",
    "册次",
    "处",
    "床日",
    "份",
}
_SIZES = ("平方", "公顷", "亩", "立方米")
# From here on a number is easier read in 亿.
_LARGE = {"元": (1e8, 1e8), "万元": (1e5, 1e4)}


def number_text(value: Any, unit: str = "") -> str:
    """A number with its unit: 12,308家, 5.28%."""
    if value is None:
        return "无数据"
    if not isinstance(value, int | float):
        return f"{value}"
    return (f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}") + unit


def spoken(value: Any, unit: str = "") -> str:
    """A number as a sentence says it: large sums in 亿 too, 32,834,008万元（约3,283.4亿元）."""
    text = number_text(value, unit)
    least, per = _LARGE.get(unit, (0.0, 0.0))
    if least and isinstance(value, int | float) and abs(value) >= least:
        text += f"（约{number_text(float(value) / per)}亿元）"
    return text


def superlatives(label: str, unit: str) -> tuple[str, str]:
    """The words for the largest and the smallest: 最多 and 最少 of what is counted, 最高 and 最低 of what is measured."""
    if unit == "公里" or label.endswith(("里程", "长度")):
        return "最长", "最短"
    if "面积" in label or (unit.endswith(_SIZES) and "用" not in label):
        return "最大", "最小"
    if unit in _COUNTED or label.endswith(("数", "数量", "人口")):
        return "最多", "最少"
    return "最高", "最低"
