"""使用时限 as people say it: 到明年底, 半年, 2026年7月至12月, 自2026年8月1日起至10月31日止. Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

_CN = "零〇一二两三四五六七八九十"
_POINT = re.compile(
    rf"(?:(?P<y>20\d\d)\s*年?|(?P<w>今年|本年度?|明年|后年))?的?\s*"
    rf"(?:(?P<edge>年?[底末]|年初)|(?P<half>[上下])半年|第?(?P<q>[一二三四1-4])季度|(?P<m>\d{{1,2}}|[{_CN}]{{1,3}})月(?:份)?(?:(?P<late>[底末])|(?P<d>\d{{1,2}})[日号]?)?)?"
)
_ISO = re.compile(r"(?P<y>20\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[日号]?")
_LENGTH = re.compile(
    rf"(?<![近过前每第\d{_CN}])(?P<n>\d{{1,3}}|[{_CN}]{{1,3}}|半)\s*(?P<u>个?年半|个半月|个月|个?季度|周年|年|天|日|个?星期|周)(?![级度更一代初底末月\d])"
)
_LINK = r"(?:起|开始|起始|始)?\s*(?:到|至|-|—|–|~|～)+\s*"
_UNTIL = re.compile(r"(?:到|至|截至|截止到?|不超过|不晚于|为止|延长到|延期到)\s*$")
_FROM = re.compile(r"^\s*(?:起|开始|以后)")
_ENDLESS = re.compile(r"长期|永久|一直用|无限期|不限期|常年")
# What may stand beside a time in a clause that says nothing but the time.
_BESIDE = re.compile(
    r"(?:数据)?(?:使用|有效|共享|授权)?(?:的)?(?:时限|期限|时间|期|限)|使用|用|就行|就可以|即可|就够了?|可以了|先要|先用|先|的|我们局?|大概|左右|暂定|从|自|起|止|为止|到|至|截至|截止|为|是|定|改成|改为|改到|改|延长|调整|换成|吧|期间|之?前|内|[，。：:、\s]"
)


@dataclass(frozen=True)
class Period:
    """From the first to the last day; None is unsaid. `months` or `days`: a length whose first day is not said yet."""

    starts: date | None = None
    ends: date | None = None
    months: int = 0
    days: int = 0
    endless: bool = False
    quote: str = ""

    @property
    def lasts(self) -> bool:
        return bool(self.months or self.days)


@dataclass(frozen=True)
class _Span:
    first: date
    last: date
    start: int
    end: int
    year_given: bool


def read_period(text: str, today: date) -> Period | None:
    """The period that `text` states; None where it states none. The last day is included."""
    spans = _spans(text, today)
    for left, right in pairwise(spans):
        if re.fullmatch(_LINK, text[left.end : right.start]):
            return Period(left.first, _after(left, right).last, quote=text[left.start : right.end])
    if spans:
        only = spans[-1]
        if _UNTIL.search(text[: only.start]):
            return Period(ends=only.last, quote=text[only.start : only.end])
        if _FROM.match(text[only.end :]):
            length = _length(text[only.end :])
            if length is not None:
                ends = last_day(only.first, length.months, length.days)
                return Period(
                    only.first,
                    ends,
                    quote=text[only.start : only.end + text[only.end :].find(length.quote) + len(length.quote)],
                )
            return Period(starts=only.first, quote=text[only.start : only.end])
        if only.first == only.last:
            return Period(ends=only.last, quote=text[only.start : only.end])
        return Period(only.first, only.last, quote=text[only.start : only.end])
    length = _length(text)
    if length is not None:
        return length
    endless = _ENDLESS.search(text)
    return Period(endless=True, quote=endless.group()) if endless else None


def says_only_time(clause: str, today: date) -> bool:
    """Whether a clause speaks of a period and of nothing else: 「到明年底」, 「使用时限半年」."""
    period = read_period(clause, today)
    if period is None:
        return False
    return not _BESIDE.sub("", clause.replace(period.quote, "", 1)).strip()


def last_day(first: date, months: int, days: int = 0) -> date:
    """The last day of a length that begins on `first`: six months from 1 July end on 31 December."""
    index = first.year * 12 + first.month - 1 + months
    year, month = index // 12, index % 12 + 1
    same = date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
    return same + timedelta(days=days - 1)


def length_words(months: int, days: int) -> str:
    return f"{months}个月" if months else f"{days}天"


def _spans(text: str, today: date) -> list[_Span]:
    found: list[_Span] = []
    at = 0
    while at < len(text):
        iso = _ISO.match(text, at)
        if iso and (day := _day(int(iso["y"]), int(iso["m"]), int(iso["d"]))):
            found.append(_Span(day, day, at, iso.end(), True))
            at = iso.end()
            continue
        match = _POINT.match(text, at)
        span = _span(match, found, today) if match and match.end() > at else None
        if span:
            found.append(span)
            at = span.end
        else:
            at += 1
    return found


def _span(match: re.Match[str], before: list[_Span], today: date) -> _Span | None:
    if not any(match[name] for name in ("y", "w", "edge", "half", "q", "m")):
        return None
    word = (match["w"] or "").removesuffix("度")
    given = bool(match["y"] or word)
    if match["y"] and not re.search(r"[年\s底末初季半月]", match.group()[4:5] or " "):
        return None
    year = int(match["y"]) if match["y"] else today.year + {"明年": 1, "后年": 2}.get(word, 0)
    if not given:
        if match["edge"] in ("底", "末", None) and not (match["m"] or match["q"] or match["half"]):
            return None
        year = before[-1].last.year if before else today.year
    first, last = date(year, 1, 1), date(year, 12, 31)
    if match["edge"]:
        first = last = date(year, 12, 31) if "初" not in match["edge"] else date(year, 1, 31)
    elif match["half"]:
        first, last = (date(year, 1, 1), date(year, 6, 30)) if match["half"] == "上" else (date(year, 7, 1), last)
    elif match["q"]:
        quarter = _number(match["q"])
        first = date(year, 3 * quarter - 2, 1)
        last = _month_end(year, 3 * quarter)
    elif match["m"]:
        month = _number(match["m"])
        if not 1 <= month <= 12:
            return None
        first, last = date(year, month, 1), _month_end(year, month)
        if match["late"]:
            first = last
        if match["d"]:
            day = _day(year, month, int(match["d"]))
            if day is None:
                return None
            first = last = day
    elif match["w"] and not match["y"] and match.group().endswith("的"):
        return None
    return _Span(first, last, match.start(), match.end(), given)


def _after(left: _Span, right: _Span) -> _Span:
    """「2026年11月至3月」 ends in the year after, for no year is said."""
    if right.year_given or right.last >= left.first:
        return right
    return _Span(right.first, right.last.replace(year=right.last.year + 1), right.start, right.end, False)


def _length(text: str) -> Period | None:
    match = _LENGTH.search(text)
    if not match:
        return None
    unit, half = match["u"], match["n"] == "半"
    count = 0 if half else _number(match["n"])
    months = days = 0
    if unit.endswith("年半"):
        months = count * 12 + 6
    elif "个半月" in unit:
        months, days = count, 15
    elif "季度" in unit:
        months = 3 * count
    elif unit.endswith("年"):
        months = 6 if half else 12 * count
    elif unit.endswith("月"):
        months, days = (0, 15) if half else (count, 0)
    else:
        days = count * (7 if unit.endswith(("周", "星期")) else 1)
    if not (months or days):
        return None
    return Period(months=months, days=days, quote=match.group())


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    digits = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
    if "十" in text:
        left, _, right = text.partition("十")
        return (digits.get(left, 1) if left else 1) * 10 + (digits.get(right, 0) if right else 0)
    return int("".join(str(digits[c]) for c in text))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
