"""Where, when and who: question words that ask for a column by what it holds, not by its name. 在哪里, 什么时候成立, 谁写的."""

from __future__ import annotations

from dataclasses import replace

from assistant.planning.plan import Col
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, drop, is_time, owner_of
from corpus.semantics import Role

_WHERE = ("哪里", "哪儿", "何处", "什么地方", "什么位置")
_WHEN = ("什么时候", "何时", "什么时间", "几时")
_PLACES = ("地址", "住址", "位置", "地点", "所在地", "坐落", "地区")
_PERSONS = ("者", "人")


def read_interrogatives(ctx: Context) -> None:
    """Turn where, when and who into the column of the root that answers them; what finds none stays."""
    for i, phrase in enumerate(ctx.phrases):
        if phrase.kind != "which":
            continue
        if phrase.text in _WHERE and _ends(ctx, i) and i and ctx.phrases[i - 1].kind in ("is", "in"):
            _answer(ctx, i, _place(ctx))
        elif phrase.text in _WHEN and _when(ctx, i):
            return
        elif phrase.text == "谁" and i + 1 < len(ctx.phrases) and ctx.phrases[i + 1].kind == "unknown":
            _answer(ctx, i, _person(ctx))


def _answer(ctx: Context, i: int, column: Col | None) -> None:
    if column is None:
        return
    ctx.use(*ctx.phrases[i].spans)
    ctx.phrases[i] = Phrase("expr", ctx.phrases[i].spans, ctx.phrases[i].text, expr=column, asked=True)


def _ends(ctx: Context, i: int) -> bool:
    return all(p.kind == "comma" for p in ctx.phrases[i + 1 : i + 2])


def _when(ctx: Context, i: int) -> bool:
    """The time named beside, else the only one that the root has."""
    for k in (i + 1, i + 2, i - 1, i - 2):
        if 0 <= k < len(ctx.phrases) and is_time(ctx, ctx.phrases[k]) and owner_of(ctx.phrases[k]) == ctx.root:
            ctx.phrases[k] = replace(ctx.phrases[k], asked=True)
            drop(ctx, i)
            return True
    times = [c for c in ctx.table.columns if c.role == Role.TIME]
    if len(times) != 1:
        return False
    _answer(ctx, i, Col(ctx.root, times[0].name))
    return True


def _place(ctx: Context) -> Col | None:
    for ending in _PLACES:
        found = [c for c in ctx.table.columns if c.label.endswith(ending) and c.role not in (Role.MEASURE, Role.TIME)]
        if len(found) == 1:
            return Col(ctx.root, found[0].name)
    return None


def _person(ctx: Context) -> Col | None:
    found = [c for c in ctx.table.columns if c.label.endswith(_PERSONS) and c.role in (Role.CATEGORY, Role.TEXT)]
    return Col(ctx.root, found[0].name) if len(found) == 1 else None
