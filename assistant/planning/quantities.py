"""多少钱, 多久, 多大: questions for a quantity. The number that is kept in such units is meant; rows are never counted for it."""

from __future__ import annotations

from assistant.planning.asked_units import units_asked
from assistant.planning.context import Context
from assistant.planning.phrases import Phrase, drop, fold, is_measure
from assistant.planning.plan import Col, Measure, Value
from assistant.planning.scales import kind_of, misfit
from corpus.semantics import Column, Role

_ASKED = {
    "多少钱": ("money",), "多少元": ("money",), "多长": ("length", "time"), "多远": ("length",), "多高": ("length",), "多深": ("length",),
    "多大": ("area", "volume"), "多重": ("mass",), "多久": ("time", "workdays"),
}  # fmt: skip
_SIMILAR = {"time": ("time", "workdays")}  # 几天能办好: working days answer it as well


def price_ranked(ctx: Context, i: int) -> bool:
    """门票最贵的景区是哪个，多少钱; 最长的线路有多长: the number that it was ranked by."""
    asked = _ASKED.get(ctx.phrases[i].text, ())
    for phrase in ctx.phrases[:i] if asked else ():
        by = phrase.order.by if phrase.kind == "rank" and phrase.order is not None else None
        if isinstance(by, Col) and kind_of(ctx.of(by).unit) in asked:
            ctx.use(*ctx.phrases[i].spans)
            ctx.phrases[i] = Phrase("expr", ctx.phrases[i].spans, ctx.of(by).label, expr=by, asked=True)
            return True
    return False


def quantity(ctx: Context, i: int) -> bool:
    """青菜多少钱, 一个月多少钱: the root's number of that kind; where there is none, the words are told to be unread."""
    kinds = _ASKED.get(ctx.phrases[i].text, ())
    if not kinds or any(is_measure(ctx, p) and p.score >= 0.6 for p in ctx.phrases):
        return False
    if any(p.kind in ("amount", "metric") or (p.kind == "rank" and p.order is not None) for p in ctx.phrases):
        return False
    found = quantities(ctx, kinds)
    if not found:
        ctx.missing.append(ctx.phrases[i].text)
        drop(ctx, i)
        return True
    amount = _metric(ctx, kinds) if len(found) > 1 else None
    column = ctx.of(found[0])
    if amount is None and not any(w in column.label for w in ("价", "费")):
        ctx.assumptions.append(f"“{ctx.phrases[i].text}”按{column.label}理解")
    also = [k for k, p in enumerate(ctx.phrases) if is_measure(ctx, p) and p.score < 0.6]
    value: Value = amount or ctx.default_measure(found[0])
    fold(ctx, i, i + 1, Phrase("amount", (), ctx.phrases[i].text, amount=value), also)
    return True


def quantities(ctx: Context, kinds: tuple[str, ...]) -> list[Col]:
    """The root's numbers of some kinds, the one the question's words speak of most first."""
    said = set("".join(m.text for m in ctx.mentions))
    found = [c for c in ctx.table.columns if c.role == Role.MEASURE and kind_of(c.unit) in kinds]

    def spoken(column: Column) -> float:
        """How much of its best name is said: what is said counts more than what is not."""
        return max(len(set(n) & said) - 0.3 * len(set(n) - said) for n in (column.label, *column.synonyms))

    return [Col(ctx.root, c.name) for c in sorted(found, key=lambda c: -spoken(c))]


def _metric(ctx: Context, kinds: tuple[str, ...]) -> Measure | None:
    """The one metric of the root in such a unit: 最低 and 最高月薪 make 平均月薪."""
    found = [m for m in ctx.schema.model.metrics if m.table == ctx.root and kind_of(m.unit) in kinds]
    return ctx.metric(found[0].name) if len(found) == 1 else None


def say_misfit(ctx: Context, values: tuple[Value, ...]) -> None:
    """下了几天雨, read as millimetres: where no number has the unit that was asked for, the word is told to be unread."""
    asked = [u for u in units_asked(ctx) if kind_of(u)]
    if not asked or not values or not all(isinstance(v, Measure) and isinstance(v.of, Col) for v in values):
        return
    units = [ctx.of(v.of).unit for v in values if isinstance(v, Measure) and isinstance(v.of, Col)]
    if any(isinstance(v, Measure) and v.aggregate in ("count", "count_distinct") for v in values):
        return
    if all(misfit(asked[0], u) and kind_of(u) not in _SIMILAR.get(kind_of(asked[0]), ()) for u in units):
        ctx.missing.append(asked[0])
