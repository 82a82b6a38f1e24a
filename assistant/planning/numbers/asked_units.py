"""What a measure word behind 多少 asks for: 多少家 counts firms, 多少小时 is a number of hours, 多少套 a number of dwellings sold."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.planning.linking.mentions import Mention
from assistant.planning.linking.scales import kind_of
from assistant.planning.plan import Col, Measure
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase
from corpus.semantics import Role

# Question words that ask for a size: what may answer them is measured in a unit of one of these kinds.
SIZES = {
    "多少钱": ("money",), "多少元": ("money",), "多长": ("length", "time"), "多远": ("length",), "多高": ("length",), "多深": ("length",),
    "多大": ("area", "volume"), "多重": ("mass",), "多久": ("time", "workdays"), "花多少": ("money",), "花多少钱": ("money",),
    "要花多少": ("money",), "要花多少钱": ("money",),
}  # fmt: skip


def asks_size(mentions: Sequence[Mention]) -> bool:
    """Whether a size is asked for (多大, 多少吨), which no number of things answers."""
    for i, mention in enumerate(mentions):
        if mention.kind != "howmany":
            continue
        after = mentions[i + 1] if i + 1 < len(mentions) and mentions[i + 1].kind == "unit" else None
        unit = after.text if after is not None else mention.text.removeprefix("多少").removeprefix("几")
        counted = kind_of(unit) in ("", "people") or unit in ("天", "日")
        if mention.text in SIZES or not counted:
            return True
    return False


def unit_asked(ctx: Context, phrase: Phrase) -> str:
    """The measure word in or right behind 多少, 几; empty for none."""
    text = phrase.text
    for lead in ("多少", "几"):
        if text.startswith(lead) and len(text) > len(lead):
            own = text[len(lead) :]
            after = ctx.mentions[phrase.end] if phrase.end < len(ctx.mentions) else None
            return after.text if own == "个" and after is not None and after.kind == "unit" else own
    after = ctx.mentions[phrase.end] if phrase.end < len(ctx.mentions) else None
    return after.text if after is not None and after.kind == "unit" and text in ("多少", "几") else ""


def units_asked(ctx: Context) -> list[str]:
    """The measure words of every 多少 and 几 of the question, whatever has become of its phrases."""
    found = []
    for k, mention in enumerate(ctx.mentions):
        if mention.kind == "howmany":
            after = ctx.mentions[k + 1] if k + 1 < len(ctx.mentions) else None
            own = mention.text.removeprefix("多少").removeprefix("几")
            found.append(own or (after.text if after is not None and after.kind == "unit" else ""))
    return [unit for unit in found if unit]


def things_asked(ctx: Context, phrase: Phrase, table: str) -> bool:
    """Whether 多少家 behind a value counts the things that have it, not the root's rows."""
    unit = unit_asked(ctx, phrase)
    things = ctx.schema.model.table(table)
    if not unit or table == ctx.root or not things.entity or not ctx.schema.graph.safe(ctx.root, table):
        return False
    return unit == things.measure_word and unit != ctx.table.measure_word


def measures_in(ctx: Context, unit: str) -> list[Col]:
    """The root's numbers that are kept in a unit (or in another of its kind)."""
    if not unit or unit in ("个", "种", "类", "钱"):
        return []
    numbers = [c for c in ctx.table.columns if c.role == Role.MEASURE]
    exact = [c for c in numbers if c.unit == unit or c.unit.removesuffix("次") == unit]
    kind = kind_of(unit)
    found = exact or [c for c in numbers if kind and kind == kind_of(c.unit) and "/" not in c.unit]
    return [Col(ctx.root, c.name) for c in found]


def figure_asked(ctx: Context, phrase: Phrase, words: str) -> Col | None:
    """The number of a table of figures that 多少套 asks for: the one in that unit, which the words around speak of most."""
    found = measures_in(ctx, unit_asked(ctx, phrase))
    if len(found) < 2:
        return found[0] if found else None

    def shared(col: Col) -> float:
        """How much of its best name is said; what a name says beyond that makes it narrower (未成年人进馆人次)."""
        column = ctx.of(col)
        names = [set(name) for name in (column.label, *column.synonyms)]
        return max(len(n & set(words)) - 0.3 * len(n - set(words)) for n in names)

    ranked = sorted(found, key=lambda c: -shared(c))
    if shared(ranked[0]) == shared(ranked[1]):
        ctx.assumptions.append(
            f"“{phrase.text}{unit_asked(ctx, phrase) if phrase.text in ('多少', '几') else ''}”按{ctx.of(ranked[0]).label}理解"
        )
    return ranked[0]


def is_figures(ctx: Context, table: str) -> bool:
    """Whether a table's rows are figures (a month, a district, a kind), which nobody counts."""
    found = ctx.schema.model.table(table)
    return not found.entity and len(found.primary_key) > 1


def pointless_count(ctx: Context, measure: Measure) -> bool:
    """Whether a count goes over rows that nobody counts."""
    return (
        measure.aggregate == "count"
        and measure.of is None
        and not measure.metric
        and is_figures(ctx, measure.table or ctx.root)
    )
