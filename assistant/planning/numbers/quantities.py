"""多少钱, 多久, 多大: questions for a quantity. The number that is kept in such units is meant; rows are never counted for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.planning.linking.mentions import Mention
from assistant.planning.linking.scales import kind_of, misfit
from assistant.planning.numbers.asked_units import SIZES, units_asked
from assistant.planning.numbers.means import mean_of
from assistant.planning.plan import Col, Measure, Plan, Value
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, fold, is_measure
from corpus.semantics import Additivity, Column, Role

_SIMILAR = {"time": ("time", "workdays")}  # 几天能办好: working days answer it as well


def kinds_asked(text: str) -> tuple[str, ...]:
    """What a question word asks for a quantity of: money for 多少钱, people for 多少人; empty for what counts things."""
    return SIZES.get(text, ("people",) if text == "多少人" else ())


def price_ranked(ctx: Context, i: int) -> bool:
    """门票最贵的景区是哪个，多少钱; 最长的线路有多长: the number that it was ranked by."""
    asked = kinds_asked(ctx.phrases[i].text)
    for phrase in ctx.phrases[:i] if asked else ():
        by = phrase.order.by if phrase.kind == "rank" and phrase.order is not None else None
        if isinstance(by, Col) and kind_of(ctx.of(by).unit) in asked:
            ctx.use(*ctx.phrases[i].spans)
            ctx.phrases[i] = Phrase("expr", ctx.phrases[i].spans, ctx.of(by).label, expr=by, asked=True)
            return True
    return False


def quantity(ctx: Context, i: int) -> bool:
    """青菜多少钱, 一个月多少钱: the root's number of that kind; where there is none, the words are told to be unread."""
    kinds = kinds_asked(ctx.phrases[i].text)
    if not kinds or ("people" in kinds and (ctx.table.measure_word or "人") in "人名位口"):
        return False
    if any(is_measure(ctx, p) and p.score >= 0.6 for p in ctx.phrases):
        return False
    if any(p.kind in ("amount", "metric") or (p.kind == "rank" and p.order is not None) for p in ctx.phrases):
        return False
    found = quantities(ctx, kinds)
    if not found or not _named(ctx):
        return False
    amount = _metric(ctx, kinds) if len(found) > 1 else None
    column = ctx.of(found[0])
    names = (column.label, *column.synonyms)
    if any(w in column.label for w in ("价", "费")):
        ctx.bonus += 0.3  # what a thing costs is its price, before all that was ever paid for it
    elif amount is None:
        ctx.assumptions.append(f"“{ctx.phrases[i].text}”按{column.label}理解")
    if column.additivity == Additivity.AVERAGE and not any(m.time for m in ctx.mentions):
        ctx.newest = True  # a price is asked as it is now
    also = [k for k, p in enumerate(ctx.phrases) if is_measure(ctx, p) and p.score < 0.6]
    verbs = [k for k, m in enumerate(ctx.mentions) if not m.known and any(m.text in n for n in names)]
    ctx.use(*verbs)  # 贷了多少钱: the verb stands in the number's own name
    mean, word = mean_of(ctx, i, found[0])
    value: Value = amount or mean
    fold(ctx, i, i + 1, Phrase("amount", (), ctx.phrases[i].text, amount=value), [*also, *word])
    return True


def _named(ctx: Context) -> bool:
    """Whether a word names the root or one of its kinds, where another is a riddle: 云湖区房租多少钱 is no fare of its buses."""
    if not any(not m.known and len(m.text) > 1 for m in ctx.mentions):
        return True
    own = [found for found in ctx.resolved if found is not None and found.table == ctx.root]
    return any(f.kind != "value" or ctx.of(Col(f.table, f.column)).role != Role.FOREIGN for f in own)


def verb_asked(ctx: Context, i: int) -> bool:
    """罚了多少, 贷了多少钱, 借了多少册: the root's number whose name holds the verb, in the unit asked for if one is."""
    k = verb_before(ctx.mentions, ctx.phrases[i].at)
    if k is None or any(p.kind in ("amount", "metric", "rank") for p in ctx.phrases):
        return False
    kinds = SIZES.get(ctx.phrases[i].text, ())
    unit = next(iter(units_asked(ctx)), "")
    found = [
        col
        for col in quantities(ctx, kinds)
        if verb_in(ctx.mentions[k].text, (ctx.of(col).label, *ctx.of(col).synonyms))
        and not misfit(unit, ctx.of(col).unit)
    ]
    exact = [c for c in found if ctx.of(c).unit == unit]
    if not found:
        return False
    col = (exact or found)[0]
    also = [n for n, p in enumerate(ctx.phrases) if k in p.spans]
    ctx.assumptions.append(f"“{ctx.mentions[k].text}了{ctx.phrases[i].text}”按{ctx.of(col).label}理解")
    value, word = mean_of(ctx, ctx.phrases.index(ctx.phrases[also[0]]) if also else i, col)
    fold(ctx, i, i + 1, Phrase("amount", (), ctx.phrases[i].text, amount=value), [*also, *word], whole=True)
    ctx.use(k)
    ctx.bonus += 1.0
    return True


def verb_in(verb: str, names: Iterable[str]) -> bool:
    """Whether a verb stands in a name, without what only says how it ended: 借出 in 外借册次."""
    bare = verb.rstrip("出到掉完成上下") or verb
    return any(bare in name for name in names)


def verb_before(mentions: Sequence[Mention], at: int) -> int | None:
    """The place of a verb that no name explains, right before 多少 at a place: 罚了多少; None where there is none."""
    k = at - 1
    while k >= 0 and mentions[k].text in ("了", "过", "掉", "出", "到", "去", "来", "得"):
        k -= 1
    plain = k >= 0 and not mentions[k].known and 1 <= len(mentions[k].text) <= 2
    return k if plain else None


def quantities(ctx: Context, kinds: tuple[str, ...]) -> list[Col]:
    """The root's numbers of some kinds (of all, where none is said), the one the question's words speak of most first."""
    said = set("".join(m.text for m in ctx.mentions))
    found = [c for c in ctx.table.columns if c.role == Role.MEASURE and (not kinds or kind_of(c.unit) in kinds)]

    def spoken(column: Column) -> float:
        """How much of its best name is said: what is said counts more than what is not."""
        return max(len(set(n) & said) - 0.3 * len(set(n) - said) for n in (column.label, *column.synonyms))

    return [Col(ctx.root, c.name) for c in sorted(found, key=lambda c: -spoken(c))]


def _metric(ctx: Context, kinds: tuple[str, ...]) -> Measure | None:
    """The one metric of the root in such a unit: 最低 and 最高月薪 make 平均月薪."""
    found = [m for m in ctx.schema.model.metrics if m.table == ctx.root and kind_of(m.unit) in kinds]
    return ctx.metric(found[0].name) if len(found) == 1 else None


def say_misfit(ctx: Context, plan: Plan) -> None:
    """下了几天雨, read as millimetres: where no number has the unit that was asked for, the word is told to be unread."""
    asked = [u for u in units_asked(ctx) if kind_of(u)]
    columns = [v.of for v in plan.values if isinstance(v, Measure) and v.aggregate not in ("count", "count_distinct")]
    if not plan.values:
        columns = [k for k in plan.keys if isinstance(k, Col) and ctx.of(k).role == Role.MEASURE]
    units = [ctx.of(c).unit for c in columns if isinstance(c, Col)]
    if not asked or not units or len(units) < len(plan.values):
        return
    if all(misfit(asked[0], u) and kind_of(u) not in _SIMILAR.get(kind_of(asked[0]), ()) for u in units):
        ctx.missing.append(asked[0])
