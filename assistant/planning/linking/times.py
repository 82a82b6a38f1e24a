"""Times as people say them: 2023年, 去年, 近三年, 上半年, 第三季度, 2021到2023年, 3月份, 2015年之前, 十四五期间."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

Grain = Literal["year", "quarter", "month", "day"]
Edge = Literal[">", ">=", "<", "<="]

_CN = "零〇一二两三四五六七八九十"
_YEAR = r"(?P<y>(?:19|20)\d\d|[一二][零〇九][零〇一二三四五六七八九]{2})"
_N = rf"(?:\d{{1,3}}|[{_CN}]{{1,3}}|几)"


@dataclass(frozen=True)
class TimeSpan:
    """Days from `start` up to but not including `end`; None is open. `length` is in characters of the question."""

    start: date | None
    end: date | None
    grain: Grain
    length: int
    text: str = ""
    assumed: str = ""  # what the words left open and how it was read
    year_given: bool = True
    edge: Edge | None = None  # how it was opened: 之后, 及之后, 之前, 及之前

    def contains(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def opened(self, edge: Edge) -> TimeSpan:
        """The time after or before this one, without it or with it."""
        start = {">": self.end, ">=": self.start}.get(edge)
        end = {"<": self.start, "<=": self.end}.get(edge)
        return replace(self, start=start, end=end, edge=edge)


def _int(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text == "几":
        return 3
    digits = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
    if "十" in text:
        left, _, right = text.partition("十")
        return (digits[left] if left else 1) * 10 + (digits[right] if right else 0)
    return int("".join(str(digits[c]) for c in text))


def add_months(day: date, months: int) -> date:
    """The first of the month, `months` later than `day`'s month."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def shifted(day: date, years: int) -> date:
    """The same day `years` later; the last of February where there is no such day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def year_span(year: int, length: int = 0, text: str = "") -> TimeSpan:
    return TimeSpan(date(year, 1, 1), date(year + 1, 1, 1), "year", length, text)


def read_time(text: str, start: int, today: date) -> TimeSpan | None:
    """The time expression that begins at `start`; None where there is none."""
    span = _read_range(text, start, today) or _read_point(text, start, today)
    if span is None:
        return None
    span = _open_end(text, start, span)
    return replace(span, text=text[start : start + span.length])


_BETWEEN = re.compile(r"\s*(?:年)?(?:到|至|-|—|~|–|～|和)\s*")


def _read_range(text: str, start: int, today: date) -> TimeSpan | None:
    """2021到2023年, 2021年3月至2022年5月, 2021-2023年."""
    years = re.compile(
        rf"{_YEAR}年?(?:度)?(?:到|至|-|—|~|–|～)(?P<z>(?:19|20)\d\d)(?:年(?:度)?(?:间|期间|之间)?)?(?![-\d])"
    ).match(text, start)
    if years and (years[0].endswith(("年", "间", "度")) or "年" in years[0] or re.search("[到至]", years[0])):
        after = text[years.end() :]
        if not re.match(r"\d{1,2}月", after):
            first, last = _int(years["y"]), _int(years["z"])
            if first <= last:
                return TimeSpan(date(first, 1, 1), date(last + 1, 1, 1), "year", years.end() - start)
    months = _MONTHS.match(text, start)
    if months and 1 <= _int(months["a"]) < _int(months["b"]) <= 12:
        word = months["word"]
        given = bool(months["y"] or word)
        year = _int(months["y"]) if months["y"] else today.year + _WORD_YEARS.get(word or "今年", 0)
        if not given and date(year, _int(months["a"]), 1) >= today:
            year -= 1
        begin, finish = date(year, _int(months["a"]), 1), add_months(date(year, _int(months["b"]), 1), 1)
        note = "" if given else f"未说明年份，按{year}年理解"
        return TimeSpan(begin, finish, "month", months.end() - start, assumed=note, year_given=given)
    left = _read_point(text, start, today)
    if left is None or left.start is None:
        return None
    link = _BETWEEN.match(text, start + left.length)
    if not link or "和" in link[0]:
        return None
    right = (
        _read_point(text, link.end(), today)
        or _bare_month(text, link.end(), left.start.year)
        or (_bare_day(text, link.end(), left.start) if left.grain == "day" else None)
    )
    if right is None or right.end is None or right.start is None:
        return None
    if not right.year_given:
        right = _within_year(text, link.end(), left.start.year) or right
    if right.end is None or right.end <= left.start:
        return None
    return TimeSpan(left.start, right.end, right.grain, link.end() + right.length - start, assumed=left.assumed)


def _bare_day(text: str, start: int, day: date) -> TimeSpan | None:
    """到7日: a day of the month that was begun with."""
    match = re.compile(rf"(?P<d>\d{{1,2}}|[{_CN}]{{1,3}})[日号]").match(text, start)
    if not match:
        return None
    try:
        last = day.replace(day=_int(match["d"]))
    except ValueError:
        return None
    return TimeSpan(last, last + timedelta(days=1), "day", match.end() - start)


def _bare_month(text: str, start: int, year: int) -> TimeSpan | None:
    match = re.compile(rf"(?P<m>\d{{1,2}}|[{_CN}]{{1,3}})月(?:份)?").match(text, start)
    if not match or not 1 <= _int(match["m"]) <= 12:
        return None
    first = date(year, _int(match["m"]), 1)
    return TimeSpan(first, add_months(first, 1), "month", match.end() - start)


_MONTH = "十[一二]|[一二三四五六七八九十]"
_MONTHS = re.compile(
    rf"(?:{_YEAR}年的?|(?P<word>去年|今年|前年)的?)?(?P<a>\d{{1,2}}|{_MONTH})月?(?:份)?(?:到|至|-|—|~)(?P<b>\d{{1,2}}|{_MONTH})月(?:份)?(?!\d{{1,2}}[日号])"
)


_WORD_YEARS = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "上年": -1,
    "上一年": -1,
    "今年": 0,
    "本年": 0,
    "当年": 0,
    "明年": 1,
}


def _read_point(text: str, start: int, today: date) -> TimeSpan | None:
    year: int | None = None
    given = True
    position = start
    for word, offset in _WORD_YEARS.items():
        if text.startswith(word, start):
            year, position = today.year + offset, start + len(word)
            if text.startswith("度", position):
                position += 1
            break
    else:
        match = re.compile(
            rf"{_YEAR}年(?:度)?|{_YEAR.replace('<y>', '<w>')}(?=[上下]半年|第?[一二三四1-4]季度|Q[1-4]|(?:及|或)?其?[之以][前后])"
        ).match(text, start)
        iso = re.compile(r"(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?(?![\d])").match(text, start)
        if match:
            year, position = _int(match["y"] or match["w"]), match.end()
        elif iso and 1 <= int(iso["m"]) <= 12:
            return _iso(iso, start)
    if year is None:
        span = _relative(text, start, today)
        if span:
            return span
        year, given = today.year, False
    rest = _within_year(text, position, year) if given or text[position : position + 1] not in "前头" else None
    if rest is None:
        tail = re.compile(r"年?[末底](?!期)").match(text, position) if given else None
        return year_span(year, (tail.end() if tail else position) - start) if given else None
    span = replace(rest, length=position + rest.length - start, year_given=given)
    if not given:
        if span.start is not None and span.start >= today:
            back = _within_year(text, position, year - 1)
            span = replace(back or rest, length=span.length, year_given=False)
        if span.start is not None:
            span = replace(span, assumed=f"未说明年份，按{span.start.year}年理解")
    return span


def _iso(match: re.Match[str], start: int) -> TimeSpan | None:
    year, month = int(match["y"]), int(match["m"])
    if match["d"]:
        try:
            day = date(year, month, int(match["d"]))
        except ValueError:
            return None
        return TimeSpan(day, day + timedelta(days=1), "day", match.end() - start)
    first = date(year, month, 1)
    return TimeSpan(first, add_months(first, 1), "month", match.end() - start)


def _within_year(text: str, position: int, year: int) -> TimeSpan | None:
    """上半年, 第三季度, 3月, 3月5日 after a year (or alone)."""
    feast = _FEAST.match(text, position)
    if feast:
        day = date(year, *_FEASTS[feast["f"]])
        return TimeSpan(day, day + timedelta(days=1), "day", feast.end() - position)
    half = re.compile(r"的?(上|下)半年").match(text, position)
    if half:
        first = date(year, 1 if half[1] == "上" else 7, 1)
        return TimeSpan(first, add_months(first, 6), "quarter", half.end() - position)
    first_months = re.compile(
        rf"的?[前头](?P<n>\d{{1,2}}|[{_CN}]{{1,3}})个(?P<u>月|季度)|的?前(?P<q>[一二三123])季度"
    ).match(text, position)
    if first_months:
        months = _int(first_months["n"] or first_months["q"]) * (1 if first_months["u"] == "月" else 3)
        if 1 <= months <= 12:
            first = date(year, 1, 1)
            return TimeSpan(first, add_months(first, months), "month", first_months.end() - position)
    quarter = re.compile(r"的?(?:(?:第([一二三四1-4])个?|([一二三四1-4]))季度|Q([1-4])|([首末])季)").match(
        text, position
    )
    if quarter:
        name = quarter[1] or quarter[2] or quarter[3] or {"首": "1", "末": "4"}[quarter[4]]
        first = date(year, _int(name) * 3 - 2, 1)
        return TimeSpan(first, add_months(first, 3), "quarter", quarter.end() - position)
    month = re.compile(rf"的?(?P<m>\d{{1,2}}|[{_CN}]{{1,3}})月(?:份)?(?:(?P<d>\d{{1,2}}|[{_CN}]{{1,3}})[日号])?").match(
        text, position
    )
    if month and 1 <= _int(month["m"]) <= 12:
        first = date(year, _int(month["m"]), 1)
        if month["d"]:
            try:
                day = first.replace(day=_int(month["d"]))
            except ValueError:
                return None
            return TimeSpan(day, day + timedelta(days=1), "day", month.end() - position)
        return TimeSpan(first, add_months(first, 1), "month", month.end() - position)
    return None


# Feasts with a date of their own, before or after which things are said to be; by themselves they last some days.
_FEASTS = {"元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "国庆": (10, 1), "国庆节": (10, 1)}
_FEAST = re.compile(rf"的?(?P<f>{'|'.join(sorted(_FEASTS, key=len, reverse=True))})(?=[之以]?[前后])")

_PLANS = {"十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026}


def _relative(text: str, start: int, today: date) -> TimeSpan | None:
    tomorrow = today + timedelta(days=1)
    month = today.replace(day=1)
    recent = re.compile(
        rf"(?:最近|近|过去|前)(?P<n>{_N})?(?:个)?(?P<u>年|月|天|日|周|季度)(?:来|内|间|以来|里)?"
    ).match(text, start)
    half = re.compile(r"(?:最近|近|过去)(?:的)?半年(?:来|内|间|以来|里)?").match(text, start)
    if half:
        return TimeSpan(add_months(month, -6), month, "month", half.end() - start)
    if recent and not (recent[0].startswith("前") and (not recent["n"] or recent["u"] == "日")):
        n, unit, length = _int(recent["n"] or ("几" if recent["u"] == "年" else "1")), recent["u"], recent.end() - start
        vague = "几" in recent[0] or (not recent["n"])
        note = f"“{recent[0]}”按最近{n}个完整{'年度' if unit == '年' else '单位'}理解" if vague else ""
        if unit == "年":
            return TimeSpan(
                date(today.year - n, 1, 1),
                date(today.year, 1, 1),
                "year",
                length,
                assumed=note
                or (
                    f"按{today.year - n}至{today.year - 1}年的完整年度理解"
                    if n > 1
                    else f"按{today.year - 1}年整年理解"
                ),
            )
        if unit == "季度":
            first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
            return TimeSpan(add_months(first, -3 * n), first, "quarter", length, assumed=note)
        if unit == "月":
            return TimeSpan(add_months(month, -n), month, "month", length, assumed=note)
        days = n * (7 if unit == "周" else 1)
        return TimeSpan(today - timedelta(days=days), today, "day", length, assumed=note)
    plan = re.compile(r"[“\"「]?(十[二三四五]五)[”\"」]?(?:规划)?(?:期间|时期|以来)?").match(text, start)
    if plan and plan[1] in _PLANS:
        first_year = _PLANS[plan[1]]
        return TimeSpan(date(first_year, 1, 1), date(first_year + 5, 1, 1), "year", plan.end() - start)
    monday = today - timedelta(days=today.weekday())
    words: list[tuple[str, date, date, Grain]] = [
        ("本月", month, add_months(month, 1), "month"),
        ("这个月", month, add_months(month, 1), "month"),
        ("当月", month, add_months(month, 1), "month"),
        ("上个月", add_months(month, -1), month, "month"),
        ("上月", add_months(month, -1), month, "month"),
        ("今年以来", date(today.year, 1, 1), tomorrow, "year"),
        ("年初至今", date(today.year, 1, 1), tomorrow, "year"),
        ("今天", today, tomorrow, "day"),
        ("今日", today, tomorrow, "day"),
        ("昨天", today - timedelta(days=1), today, "day"),
        ("昨日", today - timedelta(days=1), today, "day"),
        ("前天", today - timedelta(days=2), today - timedelta(days=1), "day"),
        ("上周", monday - timedelta(days=7), monday, "day"),
        ("本周", monday, monday + timedelta(days=7), "day"),
        ("本季度", date(today.year, (today.month - 1) // 3 * 3 + 1, 1), tomorrow, "quarter"),
    ]
    for word, first, last, grain in words:
        if text.startswith(word, start):
            return TimeSpan(first, last, grain, len(word))
    if text.startswith("上季度", start) or text.startswith("上个季度", start):
        first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
        return TimeSpan(add_months(first, -3), first, "quarter", 4 if text.startswith("上个", start) else 3)
    return None


_AFTER_INCLUSIVE = re.compile(
    r"(?:(?:或|包括|包含|含)(?:(?:19|20)\d\d年)?(?:之|以)?后|及(?:其|那|此)?(?:之|以)?后|以来|起|开始)"
)
_AFTER = re.compile(r"(?:之后|以后|过后|后(?!期|续|勤|台|备|代|来))")
_BEFORE_INCLUSIVE = re.compile(
    r"(?:(?:或|包括|包含|含)(?:(?:19|20)\d\d年)?(?:之|以)?前|及(?:其|那|此)?(?:之|以)?前|为止|截止)"
)
_BEFORE = re.compile(r"(?:之前|以前|前(?!年|台|期|后|[一二三四五六七八九十\d]))")


def _open_end(text: str, start: int, span: TimeSpan) -> TimeSpan:
    """…之前 and …之后 open one end. 「2015年之后」 begins after the year is over."""
    position = start + span.length
    opened: list[tuple[re.Pattern[str], TimeSpan]] = [
        (_AFTER_INCLUSIVE, span.opened(">=")),
        (_BEFORE_INCLUSIVE, span.opened("<=")),
        (_AFTER, span.opened(">")),
        (_BEFORE, span.opened("<")),
    ]
    for pattern, result in opened:
        match = pattern.match(text, position)
        if match:
            return replace(result, length=match.end() - start)
    return span
