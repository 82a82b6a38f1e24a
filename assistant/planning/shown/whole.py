"""Everything there is about things: 全部信息, 相关资料, 哪三条记录. All columns are shown, of one table or of several."""

from __future__ import annotations

from assistant.planning.plan import Col, Condition, columns_in
from assistant.planning.reading.context import Context
from assistant.planning.shown.targets import Shown

_WORDS = ("信息", "资料")


def asks_everything(ctx: Context) -> bool:
    """X的全部信息: every column. The word counts only where no name swallowed it."""
    for i, mention in enumerate(ctx.mentions):
        if mention.text in _WORDS:
            return True
        before = i - 2 if i and ctx.mentions[i - 1].kind == "unit" else i - 1
        counted = before > 0 and ctx.mentions[before].number is not None and ctx.mentions[before - 1].kind == "which"
        if mention.text == "记录" and counted:
            return True  # 哪三条记录: rows as they are
    return False


def asks_all_columns(ctx: Context) -> bool:
    """全部信息, 详细资料: said in so many words, as people who only say 信息 mean no more than the thing."""
    return any(
        b.text in _WORDS and a.end == b.start and (a.kind == "whole" or a.text in ("详细", "完整", "详细的", "完整的"))
        for a, b in zip(ctx.mentions, ctx.mentions[1:], strict=False)
    )


def whole_tables(ctx: Context, shown: Shown, where: Condition | None) -> tuple[str, ...]:
    """The root, what 以及 adds to it, and where nothing says whose, all that the conditions speak of."""
    if _of_all(ctx):
        return tuple(dict.fromkeys((ctx.root, *(c.table for c in columns_in(where)))))
    if not any(p.kind == "and" for p in ctx.phrases):
        return (ctx.root,)
    tables = [p.table for p in ctx.phrases if p.kind in ("table", "group") and p.table]
    tables += [k.table for k in shown.order if isinstance(k, Col)]
    tables += [t for p in ctx.phrases if p.kind in ("unknown", "expr") for t in _holding(ctx, p.text, p.score)]
    others = [t for t in dict.fromkeys(tables) if t != ctx.root]
    for table in others:
        if ctx.schema.graph.safe(table, ctx.root) and not ctx.schema.graph.safe(ctx.root, table):
            ctx.missing.append(ctx.schema.model.table(table).label)  # its rows are the finer ones
    return (ctx.root, *(t for t in others if ctx.schema.graph.safe(ctx.root, t)))


def _of_all(ctx: Context) -> bool:
    """哪些球员…？列出全部信息: of nothing named."""
    last = next((i for i, m in enumerate(ctx.mentions) if m.text in _WORDS), 0)
    k = last - 1
    while k >= 0 and ctx.mentions[k].kind in ("whole", "filler"):
        k -= 1
    return k > 0 and ctx.mentions[k].kind == "list" and ctx.mentions[k - 1].kind == "comma"


def _holding(ctx: Context, noun: str, score: float) -> list[str]:
    """The one table whose name holds a noun: 房贷利率 → 银行房贷利率."""
    if len(noun) < 2 or score >= 0.98:
        return []
    found = [t.name for t in ctx.schema.model.tables if noun in t.label and t.label != noun]
    return found if len(found) == 1 and ctx.reaches(found[0]) else []
