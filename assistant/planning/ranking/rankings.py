"""Superlatives, 前N, 倒数, sorting: each becomes a `rank` phrase, or an `amount` where the extreme itself is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from assistant.planning.conditions.limits import sought, subject
from assistant.planning.numbers.amounts import count_column, hinted
from assistant.planning.plan import Aggregate, Col, Expression, Measure, Order, Value
from assistant.planning.ranking.nth import read_place
from assistant.planning.ranking.sorting import direction_of, hinted_by, ranked_by, read_sorting, read_top, whole_number
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, drop, fold, is_measure, is_thing, is_time, owner_of, right
from corpus.semantics import Role


def read_rankings(ctx: Context) -> None:
    """Fold every ranking with its subject and its number."""
    for step in (read_place, _superlative, read_sorting, read_top):
        i = 0
        while i < len(ctx.phrases):
            if not step(ctx, i):
                i += 1


# -- superlatives -------------------------------------------------------------------------------------------------


def _superlative(ctx: Context, i: int) -> bool:
    phrase = ctx.phrases[i]
    if phrase.kind != "super" or _priced(ctx, i):
        return False
    descending = phrase.payload == "desc"
    if not ctx.schema.strict and phrase.text in ("最新", "最近", "最近的") and _speaks_of_measure(ctx, i):
        drop(ctx, i)  # 保有量最新是多少, 最近的水位: of the newest time
        ctx.newest = True
        return True
    extreme = _extreme(ctx, i, descending)
    if extreme:
        return True
    found = subject(ctx, i)
    by: Value | Expression | None = None
    used: list[int] = []
    from_ = i
    named = i > 0 and ctx.phrases[i - 1].kind == "unknown" and len(ctx.phrases[i - 1].text) > 1
    if found is not None and named and any(p.kind == "of" for p in ctx.phrases[found[0] : i]):
        by = ctx.counting()  # 播放的网站最少: what is counted has no name of its own, so the rows are
        found = None
    elif found is not None and not ctx.schema.strict and phrase.text not in _COUNTING and _is_things(ctx, found):
        found = None  # 哪家医院最大: what is large is no number of things
    elif found is not None and sought(ctx, found[0]):
        by = ctx.counting()  # 哪个省份的最多: the rows of each are counted
        used = [found[1]] if found[1] is not None and found[1] != found[0] else []
        found = None
    elif found is not None and phrase.text in ("最多", "最少") and is_time(ctx, ctx.phrases[found[0]]):
        by = ctx.counting()  # 开通的最少: no time is the most or the least, so the verb's rows are counted
        used = [found[0]]
    elif found is not None:
        by = ranked_by(ctx, found)
        used = [found[0]] + ([found[1]] if found[1] is not None else [])
    if by is None:
        k = right(ctx, i, ("of", "is"))
        near = not any(p.kind == "of" for p in ctx.phrases[i + 1 : k])
        if k is not None and near and (is_measure(ctx, ctx.phrases[k]) or is_time(ctx, ctx.phrases[k])):
            by, used, from_ = ctx.phrases[k].expr, [k], k  # 拥有最高排名的银行
        elif hinted := hinted_by(ctx, phrase.text):
            by = hinted
        elif sized := _sized(ctx, phrase.text):
            by = sized
        elif phrase.text in ("最多", "最少", "最多的是"):
            by = ctx.counting()
    if by is None:
        return False
    if found is not None and _table_kept(ctx, found[0]):
        ctx.use(*ctx.phrases[found[0]].spans)
    order = Order(by, direction_of(ctx, by, descending, phrase.text))
    count, numbers = _how_many(ctx, from_)
    used += [j for j in range(min([*used, i]), i) if ctx.phrases[j].kind in ("sort", "agg")]
    fold(ctx, i, i + 1, Phrase("rank", (), order=order, limit=count or 1), [*used, *numbers])
    return True


_COUNTING = (
    "最多",
    "最少",
    "最多的是",
    "最密集",
    "居首",
    "排第一",
    "排名第一",
    "第一名",
    "排首位",
    "领先",
    "垫底",
    "最后一名",
    "倒数第一",
    "排名最后",
)


def _speaks_of_measure(ctx: Context, i: int) -> bool:
    found, k = subject(ctx, i), right(ctx, i, ("of", "is"))
    beside = [found[0]] if found is not None else []
    return any(is_measure(ctx, ctx.phrases[j]) for j in [*beside, *([k] if k is not None else [])])


def _is_things(ctx: Context, found: tuple[int, int | None]) -> bool:
    return found[1] is None and is_thing(ctx, ctx.phrases[found[0]]) and not is_time(ctx, ctx.phrases[found[0]])


def _sized(ctx: Context, superlative: str) -> Col | None:
    """The number that 最大 means of things that have several: the first of them, and it is said."""
    if ctx.schema.strict or superlative not in ("最大", "最小") or not ctx.table.entity:
        return None
    column = next((c for c in ctx.table.columns if c.role == Role.MEASURE), None)
    if column is None:
        return None
    ctx.assumptions.append(f"“{superlative}”按{column.label}理解")
    return Col(ctx.root, column.name)


def _priced(ctx: Context, i: int) -> bool:
    """最多融资多少钱, 最贵的一本多少钱: the amount of money is asked for, which is read later."""
    for phrase in ctx.phrases[i + 1 : i + 5]:
        if phrase.kind == "howmany" and phrase.text in ("多少钱", "多少元"):
            return not _which_in_clause(ctx, i)
        if phrase.kind in ("comma", "which", "rank", "condition"):
            return False
    return False


def _table_kept(ctx: Context, k: int) -> bool:
    return ctx.phrases[k].kind == "table"


def _extreme(ctx: Context, i: int, descending: bool) -> bool:
    """最多有多少M, 最高M, M最高是多少: the extreme value itself, not what has it."""
    name: Aggregate = "max" if descending else "min"
    n = right(ctx, i, ("is", "unknown"))
    follow = ctx.phrases[n] if n is not None else None
    found = subject(ctx, i)
    if n is not None and follow is not None and follow.kind == "howmany":
        k = right(ctx, n, ("of",))
        if k is not None and not is_measure(ctx, ctx.phrases[k]) and (number := count_column(ctx, ctx.phrases[k])):
            ctx.phrases[k] = replace(ctx.phrases[k], kind="expr", expr=number, score=0.9)
        if k is not None and is_measure(ctx, ctx.phrases[k]):
            _amount(ctx, name, k, i, k + 1)
            return True
        if (col := hinted(ctx, follow.text)) and not (found is not None and is_measure(ctx, ctx.phrases[found[0]])):
            fold(ctx, i, n + 1, Phrase("amount", (), follow.text, amount=Measure(name, col, table=col.table)))
            return True
        if found is not None and is_measure(ctx, ctx.phrases[found[0]]) and not _which_in_clause(ctx, i):
            _amount(ctx, name, found[0], i, n + 1)
            return True
        return False
    if i + 1 < len(ctx.phrases) and ctx.phrases[i + 1].text in ("价", "价钱") and (col := hinted(ctx, "多少钱")):
        fold(ctx, i, i + 2, Phrase("amount", (), "价", amount=Measure(name, col, table=col.table)))
        return True
    if n is not None and is_measure(ctx, ctx.phrases[n]):
        follow = ctx.phrases[n]
        if found is not None and found[0] == i - 1 and is_measure(ctx, ctx.phrases[found[0]]):
            return False
        after = right(ctx, n, ())
        behind = ctx.phrases[after] if after is not None else None
        further = ctx.phrases[after + 1] if after is not None and after + 1 < len(ctx.phrases) else None
        if (
            behind is not None
            and behind.kind == "of"
            and further is not None
            and (is_thing(ctx, further) or further.kind == "number")
        ):
            return False
        if behind is not None and behind.kind in ("table",) and follow.score >= 0.9 and not _grouped_before(ctx, i):
            return False
        _amount(ctx, name, n, i, n + 1)
        return True
    if n is not None and follow is not None and follow.kind == "of":
        c = right(ctx, n, ("of", "is"))
        if c is not None and ctx.phrases[c].text in ("共", "一共", "总共"):
            c = right(ctx, c, ("of", "is"))  # 最少的那届共有多少国家
        counted = c is not None and ctx.phrases[c].kind == "agg" and ctx.phrases[c].payload == "count"
        if counted and c is not None and found is not None and is_measure(ctx, ctx.phrases[found[0]]):
            _amount(ctx, name, found[0], i, c + 1)  # 参赛国家最少的其数量是多少
            return True
        asks = c is not None and ctx.phrases[c].kind == "howmany" and not _which_in_clause(ctx, i)
        if asks and c is not None and found is not None and is_measure(ctx, ctx.phrases[found[0]]):
            k = right(ctx, c, ())
            same = k is not None and ctx.phrases[k].expr == ctx.phrases[found[0]].expr
            _amount(ctx, name, found[0], i, cast(int, k) + 1 if same else c + 1)  # 融资总额最小的是多少
            return True
        k = right(ctx, n, ("of",))
        named = ctx.phrases[k] if k is not None else None
        if k is not None and named is not None and named.kind == "expr" and found is not None:
            same = named.expr == ctx.phrases[found[0]].expr
            if same:
                _amount(ctx, name, found[0], i, k + 1)  # 建交国家最少的其建交国家数量
                return True
        if (
            k is not None
            and is_measure(ctx, ctx.phrases[k])
            and ctx.phrases[k].score >= 0.6
            and (found is None or not is_measure(ctx, ctx.phrases[found[0]]))
        ):
            end = ctx.phrases[k + 1] if k + 1 < len(ctx.phrases) else None
            if end is None or end.kind in ("comma", "howmany", "is", "and"):
                _amount(ctx, name, k, i, k + 1)
                return True
        return False
    if (
        found is not None
        and is_measure(ctx, ctx.phrases[found[0]])
        and found[1] is None
        and (follow is None or follow.kind in ("comma", "and"))
        and _grouped_before(ctx, i)
        and not any(p.kind in ("which", "listed") or p.text.startswith(("哪", "什么时候", "何时")) for p in ctx.phrases)
    ):
        _amount(ctx, name, found[0], i, i + 1)
        return True
    return False


def _amount(ctx: Context, name: Aggregate, measure: int, start: int, stop: int) -> None:
    phrase = ctx.phrases[measure]
    value = Measure(name, phrase.expr, table=owner_of(phrase))
    fold(ctx, start, stop, Phrase("amount", (), phrase.text, amount=value), [measure])


def _grouped_before(ctx: Context, i: int) -> bool:
    return any(p.kind == "group" for p in ctx.phrases[:i])


def _which_in_clause(ctx: Context, i: int) -> bool:
    k = i - 1
    while k >= 0 and ctx.phrases[k].kind != "comma":
        if ctx.phrases[k].kind == "which":
            return True
        k -= 1
    return False


def _how_many(ctx: Context, i: int) -> tuple[int | None, list[int]]:
    """The N of 最高的3个, 最多的前5, 哪3个…最多; with the phrases that say so."""
    words: list[int] = []
    for k in range(i + 1, min(i + 5, len(ctx.phrases))):
        phrase = ctx.phrases[k]
        if phrase.kind in ("top", "bottom"):
            words.append(k)
            continue
        if phrase.kind == "number":
            return whole_number(phrase, [*words, k])
        if phrase.kind not in ("of", "is", "which", "in"):
            break
    k = i - 1
    while k >= 1:
        if ctx.phrases[k].kind == "number" and ctx.phrases[k - 1].kind == "which":
            return whole_number(ctx.phrases[k], [k])
        k -= 1
    return None, []


# -- sorting ------------------------------------------------------------------------------------------------------


# -- the first N --------------------------------------------------------------------------------------------------
