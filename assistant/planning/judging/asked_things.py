"""前5家 of 养老机构 asks for institutions: an answer that shows districts instead is told to be none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.planning.compiling.rollup import measures_of
from assistant.planning.linking.mentions import Mention
from assistant.planning.plan import Col, Measure, Plan, Query, columns_of
from corpus.semantics import Column, Role, SemanticModel, Table

_LEADS = ("多少", "哪几", "哪一", "哪", "几")
_ANY = ("", "个", "种", "类", "项", "次", "些")  # said of anything


def lost_things(question: str, mentions: Sequence[Mention], query: Query, model: SemanticModel) -> list[str]:
    """Measure words (5家, 哪所) of things that the question names and the answer neither lists nor counts."""
    answered = _answered(query, model)
    units = {column.unit for column in _numbers(query, model)}
    lost = []
    for words, unit in _measured(mentions):
        things = {t.name for t in model.tables if t.measure_word == unit and _named(t, question)}
        same = {t for t in answered if model.table(t).measure_word == unit}
        if things and not same and unit not in units:
            lost.append(words)
    return lost


def _measured(mentions: Sequence[Mention]) -> Iterator[tuple[str, str]]:
    """The words that ask for things by their measure word, and the measure word."""
    for before, mention in zip((None, *mentions), mentions, strict=False):
        if mention.kind == "unit" and before is not None and before.number and mention.text not in _ANY:
            yield before.text + mention.text, mention.text
        elif mention.kind in ("which", "howmany"):
            lead = next((w for w in _LEADS if mention.text.startswith(w)), "")
            if lead and mention.text[len(lead) :] not in _ANY:
                yield mention.text, mention.text[len(lead) :]


def _named(table: Table, question: str) -> bool:
    return any(name and name in question for name in (table.entity, table.label, *table.synonyms))


def _answered(query: Query, model: SemanticModel) -> set[str]:
    """The tables whose rows an answer lists, groups by, tests or counts."""
    found: set[str] = set()
    for plan in _plans(query):
        if not plan.grouped:
            found.add(plan.root)
        for measure in _measures(plan):
            if measure.of is None and not measure.metric:
                found.add(measure.table or plan.root)
        keys = [*plan.keys, *plan.group, *(m.of for m in _measures(plan) if m.aggregate == "count_distinct" and m.of)]
        for column in (c for key in keys for c in columns_of(key)):
            found |= {column.table} if _identifies(model, column) else set()
            found |= {r.right for r in model.relations if (r.left, r.left_columns) == (column.table, [column.name])}
    return found


def _identifies(model: SemanticModel, column: Col) -> bool:
    found = model.table(column.table)
    return column.name in found.primary_key or found.column(column.name).role in (Role.NAME, Role.KEY)


def _measures(plan: Plan) -> list[Measure]:
    values = [*plan.values, *(h.measure for h in plan.having)]
    return [m for v in values for m in measures_of(v)]


def _numbers(query: Query, model: SemanticModel) -> Iterator[Column]:
    for plan in _plans(query):
        for measure in _measures(plan):
            yield from (
                () if measure.of is None else (model.table(c.table).column(c.name) for c in columns_of(measure.of))
            )


def _plans(query: Query) -> Iterator[Plan]:
    if isinstance(query, Plan):
        yield query
    else:
        yield from _plans(query.left)
        yield from _plans(query.right)
