"""首套房的首付比例, 首套房 房贷 利率: pieces that together name one column become one mention of it."""

from __future__ import annotations

from dataclasses import replace

from assistant.planning.plan import Col
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, fold, is_measure, is_time, owner_of
from corpus.semantics import Role


def read_compounds(ctx: Context) -> None:
    """Fold the pieces of names."""
    _pieces(ctx)
    _compounds(ctx)


def _pieces(ctx: Context) -> None:
    """首套房 房贷 利率: parts of one column's name side by side are one mention of it."""
    i = 0
    while i + 1 < len(ctx.phrases):
        a, b = ctx.phrases[i : i + 2]
        parts = a.kind == b.kind == "expr" and a.expr == b.expr and isinstance(a.expr, Col) and a.end == b.at
        if parts and a.score < 0.9 and b.score < 0.9:
            label = ctx.bare(ctx.of(a.expr).label) if isinstance(a.expr, Col) else ""
            spelt = sorted(a.text + b.text) == sorted(label)
            fold(ctx, i, i + 2, replace(a, text=a.text + b.text, score=0.97 if spelt else 0.89))
            continue
        i += 1


def _compounds(ctx: Context) -> None:
    """首套房的首付比例, 第三产业的收入, 登记离婚: two pieces side by side that together name one column."""
    i = 0
    while i + 1 < len(ctx.phrases):
        a = ctx.phrases[i]
        k = i + 2 if ctx.phrases[i + 1].kind == "of" and i + 2 < len(ctx.phrases) else i + 1
        b = ctx.phrases[k]
        thing = b.kind == "table" or (b.kind == "expr" and b.score >= 0.9 and not is_measure(ctx, b))
        stem = a.kind == "unknown" or (is_measure(ctx, a) and a.score < 0.9 and not (k > i + 1 and a.owner))
        if thing and stem and len(a.text) > 1:
            whole = named_by_both(ctx, a, b)
            if whole is not None and a.text + b.text in ctx.of(whole).label:
                fold(
                    ctx, i, k + 1, Phrase("expr", (), a.text + b.text, expr=whole, score=0.97), whole=True
                )  # 覆盖的城市
                continue
        around = _around_table(ctx, a, b)
        if around is not None:
            fold(ctx, i, k + 1, Phrase("expr", (), ctx.of(around).label, expr=around, score=0.97), whole=True)
            continue
        if _piece(ctx, a) and _piece(ctx, b) and len(a.text) > 1 and len(b.text) > 1:
            found = _compound(ctx, a, b)
            if found is not None:
                fold(ctx, i, k + 1, Phrase("expr", (), a.text + b.text, expr=found, score=0.97), whole=True)
                continue
        i += 1


def _around_table(ctx: Context, a: Phrase, b: Phrase) -> Col | None:
    """一线城市土地供给累计同比: the table's name between the two halves of a column's."""
    partial = a.kind == "unknown" or (a.kind == "expr" and a.score < 0.9)
    if not partial or b.kind != "expr" or b.score >= 0.9 or not isinstance(b.expr, Col):
        return None
    table = ctx.schema.model.table(b.expr.table)
    for column in table.columns:
        head = column.label.removesuffix(b.text)
        inner = a.text.removeprefix(head)
        if len(head) >= 2 and head != column.label and inner not in ("", a.text) and inner in table.label:
            return Col(table.name, column.name)
    return None


def _piece(ctx: Context, phrase: Phrase) -> bool:
    if phrase.kind == "unknown" or (phrase.kind == "share" and phrase.text in ("比例", "比重", "占比", "百分比")):
        return True
    return phrase.kind == "expr" and isinstance(phrase.expr, Col) and (phrase.score < 0.9 or not is_time(ctx, phrase))


def _compound(ctx: Context, a: Phrase, b: Phrase) -> Col | None:
    whole = [p for p in (a, b) if p.kind == "expr" and p.score >= 0.9]
    best: tuple[float, Col] | None = None
    for table in dict.fromkeys(t for t in (owner_of(b), owner_of(a), ctx.root) if t):
        if not ctx.reaches(table):
            continue
        a = replace(a, text=_without_table(ctx, a, b, table))
        for column in ctx.schema.model.table(table).columns:
            label = column.label
            if a.text not in label or b.text not in label or label in (a.text, b.text):
                continue
            share = (len(a.text) + len(b.text)) / len(label)
            if any(p.text == label for p in whole) or (whole and share < 0.95):
                continue
            if share >= 0.6 and share <= 1.01 and (best is None or share > best[0]):
                best = (share, Col(table, column.name))
    return best[1] if best else None


def _without_table(ctx: Context, a: Phrase, b: Phrase, table: str) -> str:
    """一线城市土地供给 before 累计同比: the table's own name in the middle of a column's name says nothing."""
    known = ctx.schema.model.table(table)
    for size in range(len(a.text) - 2, 1, -1):
        tail, rest = a.text[-size:], a.text[:-size]
        if tail in known.label and any(c.label == rest + b.text for c in known.columns):
            return rest
    return a.text


def named_by_both(ctx: Context, verb: Phrase, noun: Phrase) -> Col | None:
    if len(verb.text) < 2 and verb.kind != "unknown":
        return None
    tables = [ctx.root, *dict.fromkeys(t for t in (owner_of(verb), owner_of(noun)) if t and t != ctx.root)]
    for table in tables:
        if not ctx.reaches(table):
            continue
        for column in ctx.schema.model.table(table).columns:
            label = column.label
            if column.role != Role.MEASURE:
                continue
            a, b = label.find(verb.text[-2:] if verb.kind == "unknown" else verb.text), label.find(noun.text)
            counts = ctx.bare(label).endswith(noun.text) or label.endswith(noun.text) or not ctx.schema.strict
            if 0 <= a < b and counts:
                return Col(table, column.name)
    return None
