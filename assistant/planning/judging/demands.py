"""What a question's wording demands of its plan, whatever way the plan was found.

A plan that explains every noun can still miss a 比, a 人均 or a 没有. Each demand names words and what a plan that honours them
has; what is demanded and absent is told to the asker, so that no wrong reading passes as a plain fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace

import sqlglot
from sqlglot import exp

from assistant.planning.compiling.rollup import measures_of
from assistant.planning.judging.asked_things import lost_things
from assistant.planning.linking.mentions import Mention
from assistant.planning.linking.numerals import read_number
from assistant.planning.plan import (
    Arithmetic,
    Col,
    Compare,
    CompareToAggregate,
    Difference,
    Growth,
    Having,
    Measure,
    Member,
    Not,
    Or,
    Order,
    Plan,
    Query,
    Ratio,
    SetPlan,
    TimeBucket,
)
from corpus.semantics import SemanticModel


@dataclass(frozen=True)
class Seen:
    """A query as demands look at it: its parts, and the names of the columns and metrics it uses."""

    parts: tuple[object, ...]
    names: str

    def has(self, *kinds: type) -> bool:
        return any(isinstance(p, kinds) for p in self.parts)

    def aggregate(self, *names: str) -> bool:
        return any(isinstance(p, Measure) and (p.aggregate in names or p.metric) for p in self.parts)

    def operator(self, *operators: str) -> bool:
        return any(isinstance(p, Compare | Having) and p.op in operators for p in self.parts)

    def said(self, pattern: str) -> bool:
        """Whether a column or metric is called so: its name honours the words by itself."""
        return bool(re.search(pattern, self.names))

    @property
    def limited(self) -> bool:
        return any(isinstance(p, Plan) and p.limit is not None for p in self.parts)

    @property
    def several(self) -> bool:
        """Whether several numbers stand side by side."""
        return any(isinstance(p, Plan) and _independent(p) > 1 for p in self.parts) or self.has(Difference)

    @property
    def keyed(self) -> bool:
        return any(isinstance(p, Plan) and (p.keys or p.group) for p in self.parts)


def _independent(plan: Plan) -> int:
    """How many numbers a plan gives, the parts of a share or a quotient beside it not counted."""
    parts = {m for v in plan.values if isinstance(v, Ratio) for m in measures_of(v)}
    whole = {replace(m, where=None, label="") for m in parts}
    return sum(v not in parts and not (isinstance(v, Measure) and replace(v, label="") in whole) for v in plan.values)


@dataclass(frozen=True)
class Demand:
    words: re.Pattern[str]
    met: Callable[[Seen], bool]


def _demand(words: str, met: Callable[[Seen], bool]) -> Demand:
    return Demand(re.compile(words), met)


def _compared(seen: Seen) -> bool:
    return (
        seen.has(Difference, Growth, Ratio, CompareToAggregate)
        or (seen.operator("in") and seen.keyed)
        or _column_pair(seen)
        or any(isinstance(p, Having) and p.against is not None for p in seen.parts)
        or any(isinstance(p, Arithmetic) and p.op in "-/" for p in seen.parts)
    )


def _column_pair(seen: Seen) -> bool:
    return any(isinstance(p, Compare) and p.right is not None for p in seen.parts)


def _ranked_within(seen: Seen) -> bool:
    """Whether the best are taken within each group, or each group shows its own extreme."""
    plans = [p for p in seen.parts if isinstance(p, Plan)]
    return any(p.limit_per for p in plans) or not seen.limited


def _negated(seen: Seen) -> bool:
    return (
        seen.has(Not)
        or any(isinstance(p, Member) and p.negated for p in seen.parts)
        or any(isinstance(p, SetPlan) and p.op == "except" for p in seen.parts)
        or any(
            isinstance(p, Compare) and (p.value is False or p.op in ("!=", "not in", "is null", "not contains"))
            for p in seen.parts
        )
        or any(isinstance(p, Compare | Having) and p.op in ("=", "<", "<=") and p.value == 0 for p in seen.parts)
    )


DEMANDS: tuple[Demand, ...] = (
    _demand(r"比(?!最)[^，。例重率价如]{1,14}?(?:多|少|高|低|长|短|大|小|增|减|早|晚|贵|便宜)|相差|差距|差额|差多少|[几多少\d两三四五六七八九十]+倍", _compared),
    _demand(r"人均|每[千万百]?人|每[千万百]名|每户|每(?:平方|立方|公里|千米|亩|公顷|吨|公斤|千克)", lambda s: s.has(Ratio) or s.aggregate("avg") or s.said("人均|每")),
    _demand(r"占比|比例|比重|百分之几|百分比|占[^，。]{0,10}多少|份额", lambda s: s.has(Ratio, Growth) or s.aggregate() or s.said("比例|占比|比重|率|份额")),
    _demand(r"同比|环比|增长率|增速|增幅|增长了?多少|下降了?多少", lambda s: s.has(Growth, Difference) or s.said("增速|增长|同比|环比")),
    _demand(r"平均|均值", lambda s: s.aggregate("avg") or any(isinstance(p, Having) and p.mean for p in s.parts) or s.has(Ratio) or s.said("平均|均")),
    _demand(r"(?:各|每[个类种])[^，。年月天日中里内]{0,14}?最[高低多少大小长短贵]|(?:每[年月季天]|每个[^，。]{1,8}[中里]，|历年|逐年)[^。]{0,14}?最[高低多少大小长短贵]",
        _ranked_within),
    _demand(r"[\d一二两三四五六七八九十百千万亿][^，。\d]{0,4}(?:以上|以下|以内)", lambda s: s.operator(">", ">=", "<", "<=") or s.said("以上|以下|以内")),
    _demand(r"(?:哪个|谁|哪边|哪家)更?[多少高低大小](?:[？?。，]|$)", lambda s: s.limited or s.several or s.has(Order, Difference)),
    _demand(r"之和|总和", lambda s: s.aggregate("sum", "count") or s.has(Arithmetic, Ratio) or s.said("总")),
    _demand(r"中位", lambda s: s.aggregate("median") or s.said("中位")),
    _demand(r"最[高低多少大小](?!\d)|最[早晚长短贵]|最便宜", lambda s: s.limited or s.has(Order) or s.aggregate("max", "min") or s.said("最")),
    _demand(r"最[多高大长贵好](?!的?[一二三四五六七八九十\d]).{0,12}最[少低小短便差]|最[少低小短便差].{0,12}最[多高大长贵好]",
        lambda s: s.has(SetPlan) or (s.aggregate("max") and s.aggregate("min"))),
    _demand(r"前[一二三四五六七八九十\d]+(?![年月天日季周个]*(?:度|月|年|天|季))|倒数|第[一二三四五六七八九十\d]+[高低多少大小长]|排名前", lambda s: s.limited),
    _demand(r"没有(?!超过|达到|足|到)|从未|从来没|不是|除了|除外|以外|不包括|不含|未(?:被|曾|获|受|经|达|按|办|处|通|参|缴)|不合格|不达标|不属于|非(?=[\u4e00-\u9fff]{2,6}(?:的|类|型))", lambda s: _negated(s) or s.said("未|不|非|没")),
    _demand(r"或者?(?!许|以上|更)|要么", lambda s: s.has(Or) or s.operator("in") or any(isinstance(p, SetPlan) for p in s.parts)),
    _demand(r"(?:高于|低于|超过|大于|小于|多于|少于)[^，。\d]{0,10}平均", lambda s: s.has(CompareToAggregate) or any(isinstance(p, Having) and (p.against is not None or p.mean) for p in s.parts)),
    _demand(r"各(?!项|自|位|种各样)|(?<!平均)每[个一](?![^，。]{0,8}平均)|分别|不同的?(?=[\u4e00-\u9fff])|逐[年月日]|历年|按[\u4e00-\u9fff]{1,6}(?:统计|分|看|划分)", lambda s: s.keyed or s.several),
    _demand(r"趋势|走势|变化情况", lambda s: s.has(TimeBucket) or s.has(Growth) or s.keyed),
    _demand(r"既[^，。]{1,16}又|同时(?:也|又|还)", lambda s: s.has(SetPlan, Member) or _conditions(s) >= 2),
)  # fmt: skip


def _conditions(seen: Seen) -> int:
    return sum(isinstance(p, Compare | Member | CompareToAggregate | Having) for p in seen.parts)


def unmet_demands(
    question: str, query: Query, model: SemanticModel, sql: str, mentions: Iterable[Mention] = ()
) -> list[str]:
    """The words of a (normalised) question that its query does not honour; numbers and values that its SQL lacks."""
    seen = _seen(query, model)
    missed = []
    for demand in DEMANDS:
        found = demand.words.search(question)
        if found and not demand.met(seen):
            missed.append(found[0])
    mentions = tuple(mentions)
    lost = _lost_numbers(question, sql, seen) + _lost_values(mentions, sql, seen)
    return missed + lost + lost_things(question, mentions, query, model)


def _seen(query: Query, model: SemanticModel) -> Seen:
    parts = tuple(_walk(query))
    names = []
    for part in parts:
        if isinstance(part, Col):
            column = model.table(part.table).column(part.name)
            names += [column.label, *column.codes.values()]
        elif isinstance(part, Measure) and part.metric:
            names += [part.label]
        elif isinstance(part, Compare):
            names += [part.text, str(part.value)]
    return Seen(parts, "\n".join(names))


def _walk(node: object) -> Iterator[object]:
    """Every dataclass in a query, the query first."""
    if isinstance(node, tuple):
        for item in node:
            yield from _walk(item)
    elif is_dataclass(node):
        yield node
        for field in fields(node):
            yield from _walk(getattr(node, field.name))


def _lost_numbers(question: str, sql: str, seen: Seen) -> list[str]:
    """Numbers with three or more digits, or units, that no literal of the SQL stands for (scaled by powers of ten)."""
    found = list(sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Literal))
    literals = [float(literal.this) for literal in found if not literal.is_string]
    texts = " ".join(literal.this for literal in found if literal.is_string)
    lost = []
    position = 0
    while position < len(question):
        number = read_number(question, position)
        if number is None or (number.chinese and number.length == 1):
            position += 1
            continue
        word = question[position : position + number.length]
        after = question[position + number.length : position + number.length + 1]
        before = question[max(0, position - 1) : position]
        position += number.length
        timed = after in "年月日号季个天周" or before in "年月第近" or 1900 <= number.value <= 2100
        if timed or number.value < 10 or word in texts or word in seen.names:
            continue
        if not any(_same(number.value, literal) for literal in literals):
            lost.append(word)
    return lost


def _lost_values(mentions: Iterable[Mention], sql: str, seen: Seen) -> list[str]:
    """Words that name values and nothing else, none of which the SQL tests."""
    literals = {literal.this for literal in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Literal)}
    lost = []
    for mention in mentions:
        values = [c for c in mention.candidates if c.kind == "value"]
        if (
            not values
            or len(mention.text) < 2
            or mention.word
            or mention.number
            or len(values) < len(mention.candidates)
        ):
            continue
        tested = any(c.value in literals or c.value in ("true", "false") for c in values)
        tested = tested or mention.text in seen.names  # 二级以上: said as a bound
        if not tested and not any(mention.text in literal for literal in literals):
            lost.append(mention.text)
    return lost


def _same(said: float, literal: float) -> bool:
    """Whether a literal is the number that was said, in whatever unit the column keeps."""
    if said == 0 or literal == 0:
        return said == literal
    ratio = abs(literal / said)
    return any(abs(ratio - 10.0**power) < 1e-6 * 10.0**power for power in range(-9, 10))
