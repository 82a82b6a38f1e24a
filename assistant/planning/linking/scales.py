"""Units of measure: what they measure, and how one is said in another."""

from __future__ import annotations

_SCALES: dict[str, dict[str, float]] = {
    "area": {"平方米": 1, "平米": 1, "㎡": 1, "万平方米": 1e4, "公顷": 1e4, "亩": 2000 / 3, "平方公里": 1e6, "平方千米": 1e6},
    "length": {"毫米": 0.001, "厘米": 0.01, "米": 1, "公里": 1e3, "千米": 1e3, "里": 500},
    "volume": {"立方米": 1, "方": 1, "万立方米": 1e4, "亿立方米": 1e8},
    "mass": {"克": 0.001, "千克": 1, "公斤": 1, "斤": 0.5, "吨": 1e3, "万吨": 1e7},
    "money": {"元": 1, "块": 1, "块钱": 1, "万元": 1e4, "万块": 1e4, "亿元": 1e8, "千元": 1e3},
    "time": {"秒": 1, "分钟": 60, "小时": 3600, "天": 86400, "日": 86400},
    "workdays": {"工作日": 1, "个工作日": 1},
    "energy": {"千瓦时": 1, "度": 1, "万千瓦时": 1e4, "亿千瓦时": 1e8},
    "people": {"人": 1, "名": 1, "位": 1, "万人": 1e4, "人次": 1, "万人次": 1e4},
}  # fmt: skip
_KIND = {unit: kind for kind, units in _SCALES.items() for unit in units}
# What a column counts in its own words (元/平方米, 元/月) is compared by what stands before the stroke.


def _main(unit: str) -> str:
    return unit.split("/")[0].split("（")[0]


def kind_of(unit: str) -> str:
    """What a unit measures; empty for units that only count things."""
    return _KIND.get(_main(unit), "")


def converted(value: float, said: str, stored: str) -> float | None:
    """A value in the unit that was said, in the unit that is stored; None when one of them is unknown or they differ in kind."""
    kind = kind_of(said)
    if not kind or kind != kind_of(stored):
        return None
    return value * _SCALES[kind][_main(said)] / _SCALES[kind][_main(stored)]


def misfit(said: str, stored: str) -> bool:
    """Whether a number in one unit cannot be a number of the other: 平方米 for a column of 元."""
    return bool(kind_of(said)) and bool(kind_of(stored)) and kind_of(said) != kind_of(stored)
