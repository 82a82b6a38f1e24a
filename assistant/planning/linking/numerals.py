"""Numbers as people write them in Chinese: 一百二十万, 3.5亿, 7万1千, 百分之十, 10%, 三成, 三分之一."""

from __future__ import annotations

import re
from dataclasses import dataclass

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
SMALL = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
LARGE = {"万": 10_000, "亿": 100_000_000}

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：][0-5]\d(?!\d)")
_ARABIC = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_CHINESE = re.compile(r"[零〇一二两俩三四五六七八九十百千万亿点\d.]+")
_FRACTION = re.compile(
    r"(?P<base>百|千|万|[一二两三四五六七八九十\d]+)分之(?P<part>[零〇一二两三四五六七八九十百点\d.]+)"
)
_TENTHS = re.compile(
    r"(?P<part>[一二两三四五六七八九\d])成(?P<half>半?)(?!立|员|交|本|果|为|长|绩|人|功|分|品|都|就|因|效|熟|型|套)"
)


@dataclass(frozen=True)
class Number:
    """A number found in text: `length` characters from where it was asked for; a percentage is a fraction of 1."""

    value: float
    length: int
    percent: bool = False
    chinese: bool = False  # written without a single Arabic digit


def read_number(text: str, start: int = 0) -> Number | None:
    """The number that begins at `start`, the longest reading; None where there is none."""
    clock = _CLOCK.match(text, start)
    if clock and not re.match(r"\d", text[start - 1 : start]):
        return Number(float(clock[1]), clock.end() - start)
    return _fraction(text, start) or _tenths(text, start) or _plain(text, start)


def _fraction(text: str, start: int) -> Number | None:
    match = _FRACTION.match(text, start)
    if not match:
        return None
    base = (
        _value(match["base"])
        if match["base"] not in ("百", "千", "万")
        else {"百": 100, "千": 1000, "万": 10_000}[match["base"]]
    )
    part = _value(match["part"])
    if not base or part is None:
        return None
    return Number(part / base, match.end() - start, percent=True, chinese=not re.search(r"\d", match[0]))


def _tenths(text: str, start: int) -> Number | None:
    match = _TENTHS.match(text, start)
    if not match or (start and text[start - 1] in "完形组构合生达建促养"):
        return None
    part = _value(match["part"])
    if part is None:
        return None
    return Number((part + (0.5 if match["half"] else 0)) / 10, match.end() - start, percent=True, chinese=True)


def _plain(text: str, start: int) -> Number | None:
    match = _ARABIC.match(text, start)
    run = _CHINESE.match(text, start)
    best: tuple[float, int] | None = None
    if run:
        piece = run[0]
        while piece:
            value = _value(piece)
            if value is not None:
                best = (value, len(piece))
                break
            piece = piece[:-1]
    if match and (best is None or len(match[0]) > best[1]):
        value = float(match[0].replace(",", ""))
        end = match.end()
        tail = re.match(r"[万亿千百]+", text[end:])
        if tail:
            for unit in tail[0]:
                value *= LARGE.get(unit) or SMALL[unit]
            end += len(tail[0])
        best = (value, end - start)
    if best is None:
        return None
    value, length = best
    spoken = re.match(r"个([万亿])(?![\u4e00-\u9fff]?[级类])", text[start + length :])
    if spoken:  # 1个亿
        value, length = value * LARGE[spoken[1]], length + len(spoken[0])
    rest = text[start + length :]
    chinese = not re.search(r"\d", text[start : start + length])
    for sign, divisor in (("%", 100), ("％", 100), ("‰", 1000), ("个百分点", 100)):
        if rest.startswith(sign):
            return Number(value / divisor, length + len(sign), percent=True, chinese=chinese)
    return Number(value, length, chinese=chinese)


def _value(piece: str) -> float | None:
    """The value of a whole piece of text, None when it is not one number."""
    if re.fullmatch(r"\d+(\.\d+)?", piece):
        return float(piece)
    if "点" in piece:
        whole, _, fraction = piece.partition("点")
        scale = 1.0
        while fraction and fraction[-1] in LARGE:
            scale *= LARGE[fraction[-1]]
            fraction = fraction[:-1]
        left = _value(whole) if whole else None
        if left is None or not fraction or any(c not in DIGITS for c in fraction):
            return None
        return float(left + sum(DIGITS[c] / 10 ** (i + 1) for i, c in enumerate(fraction))) * scale
    if len(piece) >= 2 and all(c in DIGITS for c in piece):  # 二〇二三
        return float("".join(str(DIGITS[c]) for c in piece))
    return _positional(piece)


def _positional(piece: str) -> float | None:
    """三百五十万, 7万1千7百7十8亿, 3.5亿: digits and units by place."""
    total = section = 0.0
    number: float | None = None
    last_unit = 0
    position = 0
    while position < len(piece):
        char = piece[position]
        arabic = re.match(r"\d+(\.\d+)?", piece[position:])
        if arabic:
            if number is not None:
                return None
            number = float(arabic[0])
            position += len(arabic[0])
            continue
        if char in DIGITS:
            if number is not None and DIGITS[char] != 0:
                return None
            number = float(DIGITS[char]) if DIGITS[char] else number
            if DIGITS[char] == 0 and number is None and position == len(piece) - 1 and len(piece) == 1:
                number = 0.0
            elif DIGITS[char] == 0:
                last_unit = 0
        elif char in SMALL:
            if number is None:
                if char != "十" or (section and last_unit not in (0, 100, 1000)):
                    return None
                number = 1.0
            section += number * SMALL[char]
            last_unit = SMALL[char]
            number = None
        elif char in LARGE:
            section += number or 0.0
            number = None
            if section == 0 and total == 0:
                return None
            if total and LARGE[char] > 10_000:  # 7万1千…亿: what stands before counts in 亿
                total = (total + section) * LARGE[char]
            else:
                total += section * LARGE[char]
            section, last_unit = 0.0, LARGE[char]
        else:
            return None
        position += 1
    if number is not None:
        # 三千五, 一万二: a bare last digit stands one place below the last unit
        short = last_unit >= 100 and len(piece) > 1 and piece[-1] in DIGITS and piece[-2] not in "零〇十"
        section += number * (last_unit / 10 if short else 1)
    return total + section
