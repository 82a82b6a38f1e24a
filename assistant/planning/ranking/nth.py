"""第二高, 排第三, 第二名和第三名: places in a ranking."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.planning.conditions.limits import subject
from assistant.planning.plan import Col, Order
from assistant.planning.ranking.sorting import direction_of, hinted_by, ranked_by
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, fold, is_measure, left, right

_ADJECTIVES = {
    "高": True, "多": True, "大": True, "长": True, "贵": True, "低": False, "少": False, "小": False, "短": False,
}  # fmt: skip
_RANKED = re.compile(r"(?:排名?|名列|位列|位居|列|居)第$")


def read_place(ctx: Context, i: int) -> bool:
    """A number behind 第 that says the place: with an adjective, with 名 or behind 排."""
    phrase = ctx.phrases[i]
    if phrase.kind != "number" or phrase.number is None or not phrase.at or phrase.number.value < 2:
        return False
    before, after = ctx.mentions[phrase.at - 1], phrase.end
    word = ctx.mentions[after].text if after < len(ctx.mentions) else ""
    if not before.text.endswith("第"):
        return False
    lead = left(ctx, i, ("unknown",))
    bottom = lead is not None and ctx.phrases[lead].kind == "bottom"
    place = int(phrase.number.value)
    if not ctx.schema.strict and _joins(ctx, i, place):
        ctx.use(phrase.at - 1, *([after] if word in _ADJECTIVES else []))
        return True
    if word not in _ADJECTIVES and not (not ctx.schema.strict and _placed(ctx, i, lead)):
        return False
    sorts = lead is not None and ctx.phrases[lead].kind in ("bottom", "sort") and not ctx.schema.strict
    found = subject(ctx, lead if sorts and lead is not None else i)
    by = ranked_by(ctx, found) if found is not None else None
    used = [found[0]] if found is not None else []
    k = right(ctx, i, ("of", "unknown", "table"))
    if by is None and k is not None and is_measure(ctx, ctx.phrases[k]):
        by, used = ctx.phrases[k].expr, [k]
    if by is None and not ctx.schema.strict:
        by, used = hinted_by(ctx, f"最{word}"), []  # 第二长的线路
    if by is None:
        return False
    ctx.use(phrase.at - 1, *([after] if word in _ADJECTIVES else []))
    asked = next((j for j in range(i, len(ctx.phrases)) if ctx.phrases[j].kind == "howmany"), None)
    shown = ctx.schema.strict or not isinstance(by, Col) or (used and is_measure(ctx, ctx.phrases[used[0]]))
    used += [asked] if asked is not None and shown else []
    used += [lead] if sorts and lead is not None else []
    down = _ADJECTIVES.get(word, True) != bottom
    order = Order(by, direction_of(ctx, by, down, word or "前") if not ctx.schema.strict else _ADJECTIVES[word])
    fold(ctx, i, i + 1, Phrase("rank", (), order=order, limit=1, value=str(place - 1)), used)
    return True


def _placed(ctx: Context, i: int, lead: int | None) -> bool:
    """第三名, 排第三, 排名第三, 倒数第二."""
    said = "".join(m.text for m in ctx.mentions[max(0, ctx.phrases[i].at - 2) : ctx.phrases[i].at])
    ranks = lead is not None and ctx.phrases[lead].kind in ("sort", "bottom")
    return ctx.phrases[i].unit in ("名", "位") or bool(_RANKED.search(said)) or ranks


def _joins(ctx: Context, i: int, place: int) -> bool:
    """第二名和第三名, 第二到第五: the next place of a ranking that is read already."""
    k = left(ctx, i, ("and", "unknown", "of", "sort"))
    rank = ctx.phrases[k] if k is not None else None
    if k is None or rank is None or rank.kind != "rank" or not rank.value or rank.limit is None:
        return False
    first = int(rank.value) + 1
    linked = "".join(m.text for m in ctx.mentions[rank.end : ctx.phrases[i].at])
    if place != first + rank.limit and not (place > first and linked.startswith(("到", "至"))):
        return False
    fold(ctx, k, i + 1, replace(rank, limit=place - first + 1))
    return True
