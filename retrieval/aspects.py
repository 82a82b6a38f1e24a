"""What a question on rules is made of: the several things it asks, the texts and articles it names, the year it looks back to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_BREAK = re.compile(r"[，,；;？?。！!]+")
_ASKS = re.compile(
    r"什么|哪|谁|多[久少长大]|几|怎[么样]|如何|是否|能否|可否|吗|能不能|可不可以|要不要|算不算|有何|何时|多长|不同|区别|分别"
)
_PREFIX = re.compile(r"^中华人民共和国")
_NUMBER = "〇零一二三四五六七八九十百千\\d"
_ARTICLE = re.compile(rf"第\s*([{_NUMBER}]+)\s*条")
_REFERS = re.compile(
    rf"(?:本法|本条例|本办法|本规定|本细则|本解释)((?:第[{_NUMBER}]+条(?:第[{_NUMBER}]+款)?(?:规定)?[、和至或及以]*)+)"
)
_RANGE = re.compile(rf"第([{_NUMBER}]+)条(?:第[{_NUMBER}]+款)?(?:规定)?至第([{_NUMBER}]+)条")
_YEAR = re.compile(r"((?:19|20)\d\d)\s*年?(?:版|的|修订|修正|公布|制定|时|以?前)?")
_SEVERAL = re.compile(
    r"分别|各自|各[走是有要]|有(?:什么|何)(?:不同|区别)|(?:哪些|什么)[^，。]{0,8}(?:规定|义务|要求)|[^，。]{2,}、[^，。]{2,}(?:什么|哪|怎)"
)
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def number_of(numeral: str) -> int:
    """「二十一」 and 「21」 → 21.

    >>> number_of("一百零三"), number_of("十"), number_of("99")
    (103, 10, 99)
    """
    if numeral.isdigit():
        return int(numeral)
    total = digit = 0
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
        else:
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}.get(character, 1)
            digit = 0
    return total + digit


def article_numbers(text: str) -> list[int]:
    """Numbers of the articles that `text` names, in order, each once."""
    return list(dict.fromkeys(number_of(found) for found in _ARTICLE.findall(text)))


def article_names(text: str) -> dict[int, str]:
    """The same numbers, each as `text` writes it: {99: 「第九十九条」}."""
    return {number_of(match.group(1)): match.group().replace(" ", "") for match in _ARTICLE.finditer(text)}


def own_references(text: str) -> list[int]:
    """Articles of the same text that an article refers to: 「本条例第三十条、第三十二条」 → 30, 32."""
    return list(dict.fromkeys(n for found in _REFERS.findall(text) for n in _with_ranges(found)))


def _with_ranges(text: str) -> list[int]:
    """Numbers of a list of articles, the ones between 「第四十一条至第四十三条」 included."""
    numbers = article_numbers(text)
    for first, last in _RANGE.findall(text):
        numbers += range(number_of(first) + 1, number_of(last))
    return numbers


def short_title(title: str) -> str:
    """How people call a law: without the name of the state and brackets."""
    return _PREFIX.sub("", title.strip("《》")).strip()


def named_texts(question: str, titles: Iterable[str]) -> list[str]:
    """The titles that a question names, by their whole or short form; 「统计法」 inside 「统计法实施条例」 is not named by it."""
    plain = question.replace("《", "").replace("》", "")
    forms = {form: title for title in titles for form in (title.strip("《》"), short_title(title))}
    taken = [False] * len(plain)
    found: list[tuple[int, str]] = []
    for form in sorted(forms, key=lambda f: (-len(f), f)):
        start = plain.find(form) if len(form) >= 3 else -1
        if start >= 0 and not any(taken[start : start + len(form)]):
            taken[start : start + len(form)] = [True] * len(form)
            found.append((start, forms[form]))
    return list(dict.fromkeys(title for _, title in sorted(found)))


def without_titles(question: str, titles: Iterable[str]) -> str:
    """The question without the names of the texts it names."""
    for title in titles:
        for form in (title.strip("《》"), short_title(title)):
            question = question.replace(f"《{form}》", " ").replace(form, " ")
    return question.strip()


def named_year(question: str) -> int:
    """The year that a question names; 0 when it names none."""
    match = _YEAR.search(question)
    return int(match.group(1)) if match else 0


def asks_several(question: str) -> bool:
    """Whether one article will hardly do: several things are asked, or two rules are set side by side."""
    return asked_parts(question).several or bool(_SEVERAL.search(question))


@dataclass(frozen=True)
class Parts:
    """`asked`: each thing asked, with the words before it that say of what; `several`: more than one is asked."""

    asked: list[str]

    @property
    def several(self) -> bool:
        return len(self.asked) > 1


def asked_parts(question: str) -> Parts:
    """Split where several things are asked.

    >>> asked_parts("密码分为哪几类，哪一类用于保护信息？").asked
    ['密码分为哪几类', '密码分为哪几类 哪一类用于保护信息']
    """
    asked: list[str] = []
    before = ""  # what was said before the first question: it holds for all
    for clause in (part.strip() for part in _BREAK.split(question)):
        if not clause:
            continue
        if _ASKS.search(clause):
            lead = before or (asked[0] if asked else "")
            asked.append(f"{lead} {clause}".strip())
        else:
            before = f"{before} {clause}".strip()
    return Parts(asked or [question])
