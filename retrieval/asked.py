"""What kind of thing a question wants to hear — an amount of money, a length of time, a share — and whether a text says one.

A rule may speak of fees at length and name no sum: to 「每页收多少钱」 it is no answer. That can be seen from the wording alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.aspects import number_of

_NUMBER = r"(?:\d[\d,.]*|[〇零一二两三四五六七八九十百千万亿]+)\s*"


@dataclass(frozen=True)
class Asked:
    """`kind` of answer wanted, by the wording `asks`; a text that could answer `holds` one."""

    kind: str
    asks: re.Pattern[str]
    holds: re.Pattern[str]


_KINDS = (
    Asked(
        "distance",
        re.compile(r"多少(?:公里|千米|米|里)|几公里|多远"),
        re.compile(rf"{_NUMBER}(?:余|多)?(?:公里|千米|米|海里)"),
    ),
    Asked(
        "share",
        re.compile(r"(?:什么|多少|多大|多高|怎样)的?比例|比例是多少|百分之几|几成|占多少|按.{0,4}比例"),
        re.compile(rf"百分之|[%％‰]|千分之|{_NUMBER}成|{_NUMBER}比{_NUMBER}"),
    ),
    Asked(
        "money",
        re.compile(
            r"多少钱|几块钱?|几元|多少(?:万|亿)?元|多少[^，。？]{0,6}(?:费|罚款|赔偿|补贴|补助|奖金|资金)|收费标准"
            r"|(?:费用?|价格|价钱|工资|罚款|罚金|金额|幅度|奖金|补贴|补助)[^，。？]{0,3}(?:是|为|有|要|收|罚)?多少|罚多少"
        ),
        re.compile(rf"{_NUMBER}(?:余|多)?元|百分之|[%％]|{_NUMBER}倍|免费|无偿|不收取|不得收取"),
    ),
    Asked(
        "times",
        re.compile(r"多少次|几次|多少回|多少频次"),
        re.compile(rf"{_NUMBER}次|每(?:年|月|日|季度|半年|周)(?:至少|定期|不少于)"),
    ),
    Asked(
        "grades",
        re.compile(r"(?:几|多少)个?(?:级|档|等级|级别|层级)"),
        re.compile(r"[一二三四五六七八九两\d]个?(?:级(?![人政市府县别])|档(?!案)|等级|级别)|分[为成]"),
    ),
    Asked(
        "time",
        re.compile(
            r"多久|多长时间|(?:几|多少)个?(?:天|日|月|年|小时|分钟|工作日|周)|多长期限|(?:期限|时限|时间)[^，。]{0,4}(?:多长|多少|多久)"
        ),
        re.compile(rf"{_NUMBER}个?(?:工作日|日|天|小时|分钟|月|年|周)|及时|立即|当场|实时|即时|定期|长期|永久"),
    ),
)


def asked_kind(question: str) -> Asked | None:
    """The kind of figure that a question asks for; None when it asks for none.

    >>> asked_kind("信息处理费每页收多少钱").kind
    'money'
    """
    return next((kind for kind in _KINDS if kind.asks.search(question)), None)


_DURATION = re.compile(
    r"([\d〇零一二两三四五六七八九十百千]+)\s*个?(工作日|小时|分钟|个月|月|年|周|日|天)(?![前后]?期间|月\d)"
)
_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日|第[〇零一二两三四五六七八九十百千\d]+[条款项章]")


def figures_in(text: str, asked: Asked) -> list[str]:
    """The figures of the kind asked for that `text` says, each once, in order: lengths of time as 「10个工作日」.

    >>> figures_in("应当自收到之日起十个工作日内答复，可以延长5个工作日", asked_kind("多久答复"))
    ['10个工作日', '5个工作日']
    """
    plain = _DATE.sub(" ", text)
    if asked.kind != "time":
        return list(dict.fromkeys(match.group().strip() for match in asked.holds.finditer(plain)))
    found = []
    for match in _DURATION.finditer(plain):
        unit = match.group(2).removeprefix("个")
        found.append(f"{number_of(match.group(1))}{'个' if unit in ('工作日', '月') else ''}{unit}")
    return list(dict.fromkeys(found))
