"""Units as headers write them: 万元, 亿平, 千克, %, 元/平方米."""

from __future__ import annotations

import re
from typing import NamedTuple

# Longest first, so that 万亿 is not read as 万 + 亿….
SCALES: dict[str, float] = {
    "万亿": 1e12,
    "千亿": 1e11,
    "百亿": 1e10,
    "十亿": 1e9,
    "亿": 1e8,
    "千万": 1e7,
    "百万": 1e6,
    "十万": 1e5,
    "万": 1e4,
    "千": 1e3,
    "百": 1e2,
    "billion": 1e9,
    "million": 1e6,
    "thousand": 1e3,
}

# In these 千, 百 or 万 belongs to the unit itself.
_WHOLE = "千克 千米 千瓦 千瓦时 千瓦·时 千伏 千伏安 千帕 千焦 千卡 千赫 百帕 百分比 百分点 千分比 百分之 千字节 千米/小时 千米每小时"
WHOLE = frozenset(_WHOLE.split())

ALIASES = {
    "平": "平方米",
    "平米": "平方米",
    "平方": "平方米",
    "㎡": "平方米",
    "m²": "平方米",
    "m2": "平方米",
    "km²": "平方千米",
    "km2": "平方千米",
    "立方": "立方米",
    "m³": "立方米",
    "m3": "立方米",
    "人民币": "元",
    "人民币元": "元",
    "元人民币": "元",
    "圆": "元",
    "块": "元",
    "rmb": "元",
    "cny": "元",
    "¥": "元",
    "usd": "美元",
    "$": "美元",
    "eur": "欧元",
    "℃": "摄氏度",
    "°c": "摄氏度",
    "度电": "千瓦时",
    "kwh": "千瓦时",
    "百分比": "%",
    "百分之": "%",
    "百分数": "%",
    "％": "%",
    "千分比": "‰",
    "kg": "千克",
    "公斤": "千克",
    "km": "千米",
    "公里": "千米",
    "cm": "厘米",
    "公分": "厘米",
    "mm": "毫米",
    "m": "米",
    "公尺": "米",
    "t": "吨",
    "g": "克",
    "h": "小时",
    "min": "分钟",
    "s": "秒",
    "ml": "毫升",
    "l": "升",
}

_UNITS = (
    "元 角 分 美元 欧元 港元 港币 英镑 日元 韩元 卢布 卢比 澳元 加元 新台币 台币 法郎 "
    "米 厘米 毫米 分米 微米 纳米 千米 里 英里 海里 英尺 英寸 丈 尺 "
    "平方米 平方千米 平方公里 平方厘米 公顷 亩 平方英里 平方英尺 立方米 立方千米 立方公里 立方厘米 "
    "克 千克 毫克 微克 吨 斤 磅 盎司 标准煤 吨标准煤 升 毫升 加仑 桶 "
    "年 月 日 天 周 小时 时 分钟 秒 毫秒 季度 个月 工作日 个工作日 岁 周岁 年份 "
    "人 人次 位 名 户 家 个 所 座 间 套 栋 幢 件 项 条 篇 本 册 部 首 张 份 台 辆 艘 架 列 只 头 匹 棵 株 "
    "次 场 届 期 集 章 回 轮 票 股 手 笔 宗 起 例 床 种 类 门 级 层 颗 粒 片 块 枚 支 把 双 对 组 批 班 站 字 页 "
    "处 款 单 幅 顶 口 道 根 盒 瓶 箱 袋 包 杯 克拉 节 车次 班次 航次 标箱 "
    "% ‰ 百分点 个百分点 倍 分贝 度 摄氏度 华氏度 帕 千帕 百帕 兆帕 伏 千伏 安 瓦 千瓦 兆瓦 千瓦时 兆瓦时 马力 焦 千焦 卡 千卡 大卡 "
    "赫 赫兹 千赫 兆赫 吉赫 字节 kb mb gb tb k 像素 万像素 英寸 dpi fps bps mbps mah 毫安 毫安时 ghz mhz hz "
    "星 分值 积分 点 ppm ppb aqi ph w kw mw v a n pa"
)
UNITS = frozenset(_UNITS.split())

_SCALE = re.compile("^(" + "|".join(SCALES) + ")", re.IGNORECASE)
_MARKED = re.compile(r"^单位\s*[:：]?\s*")


class Unit(NamedTuple):
    """`unit` in base form and what one stored 1 is worth in it: 万元 → ("元", 10000)."""

    unit: str
    scale: float


def parse_unit(text: str) -> Unit | None:
    """The unit that `text` (the inside of a header's brackets) names, or None when it names none."""
    text = _MARKED.sub("", text.strip()).strip().rstrip("。")
    if not text:
        return None
    whole = _known(text)
    if whole is not None:
        return Unit(whole, {"%": 0.01, "‰": 0.001}.get(whole, 1.0))
    match = _SCALE.match(text)
    if match is None:
        return None
    scale, rest = SCALES[match.group(1).lower()], text[match.end() :].strip()
    if not rest:
        return Unit("", scale)
    base = _known(rest)
    return None if base is None else Unit(base, scale)


def _known(text: str) -> str | None:
    lower = text.lower()
    if lower in ALIASES:
        return ALIASES[lower]
    if lower in UNITS or text in WHOLE:
        return text
    # 元/平方米, 微克/立方米, 人每平方千米
    for mark in ("/", "／", "每"):
        top, found, below = text.partition(mark)
        if found and top and below:
            over, under = parse_unit(top), _known(below.removeprefix("每"))
            if over is not None and (under is not None or _SCALE.match(below)):
                return f"{top}/{under or below}" if over.scale != 1.0 else f"{over.unit}/{under or below}"
    return None
