"""What is to be shown: the things a question asks for and the columns it names, once all else is folded away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from assistant.planning.asked_units import is_figures
from assistant.planning.context import Context
from assistant.planning.phrases import Phrase, is_measure, is_time, owner_of
from assistant.planning.plan import Col, Expression, Measure, Value
from corpus.semantics import Role


@dataclass
class Shown:
    """Keys in the question's order, the identities that group them, numbers row by row, and aggregated values."""

    keys: list[Expression] = field(default_factory=list)
    group: list[Expression] = field(default_factory=list)
    numbers: list[Expression] = field(default_factory=list)  # measures named without an aggregate
    order: list[Expression] = field(default_factory=list)  # keys and numbers together, as named
    values: list[Value] = field(default_factory=list)
    grouped: bool = False  # 各, 每, 按: the asker wants groups
    target: bool = False  # 哪些X, X有哪些: the asker wants things
    spread: bool = False  # 每个X的A: only the attributes
    everything: bool = False  # 全部信息: all columns
    by_id: bool = False  # 城市的编号: things are shown by their key
    heads: list[str] = field(default_factory=list)  # tables named and not asked for by name

    def add(self, expr: Expression) -> None:
        if expr not in self.order:
            self.order.append(expr)


def read_targets(ctx: Context) -> Shown:
    """Everything that the remaining phrases ask to see."""
    shown = Shown()
    for i, phrase in enumerate(ctx.phrases):
        if phrase.kind == "amount" and phrase.amount is not None:
            ctx.use(*phrase.spans)
            if phrase.amount not in shown.values:
                shown.values.append(phrase.amount)
        elif phrase.kind == "group":
            ctx.use(*phrase.spans)
            shown.grouped = True
            shown.spread = shown.spread or phrase.spread
            _add_key(ctx, shown, phrase)
        elif phrase.kind == "table":
            _table(ctx, shown, i)
        elif phrase.kind == "unknown" and phrase.text in ("编号", "编码", "id", "ID") and ctx.schema.strict:
            before = _kind(ctx, i - 2) if _kind(ctx, i - 1) == "of" else _kind(ctx, i - 1)
            ctx.use(*phrase.spans)
            shown.by_id = shown.by_id or before != "expr"
        elif phrase.kind == "condition" and phrase.table and _picked(ctx, i):
            _add_key(ctx, shown, Phrase("table", phrase.spans, table=phrase.table))
        elif phrase.kind == "expr" and phrase.expr is not None:
            _column(ctx, shown, i)
        elif phrase.kind in ("which", "list", "listed"):
            ctx.use(*phrase.spans)
            shown.target = shown.target or phrase.kind != "list"
    return shown


def _table(ctx: Context, shown: Shown, i: int) -> None:
    phrase = ctx.phrases[i]
    if not ctx.reaches(phrase.table):
        return
    if not ctx.schema.strict and _is_counted(ctx, i):
        ctx.use(*phrase.spans)
        return
    if not ctx.schema.strict and phrase.table == ctx.root and is_figures(ctx, phrase.table) and phrase.expr is None:
        ctx.use(*phrase.spans)  # 水质: rows of figures have no names
        return
    if _is_asked(ctx, i) and (phrase.table == ctx.root or ctx.schema.graph.safe(ctx.root, phrase.table)):
        ctx.use(*phrase.spans)
        _add_key(ctx, shown, phrase)
        return
    if phrase.table not in shown.heads:
        shown.heads.append(phrase.table)
    if phrase.table == ctx.root or (ctx.schema.strict and ctx.schema.graph.safe(ctx.root, phrase.table)):
        ctx.use(*phrase.spans)


def _picked(ctx: Context, i: int) -> bool:
    """最多的三所小学: a ranked value stands for the things that have it."""
    before = _kind(ctx, i - 2) if _kind(ctx, i - 1) == "of" else _kind(ctx, i - 1)
    if (
        ctx.schema.strict
        or before != "rank"
        or _kind(ctx, i + 1) not in ("", "comma", "listed", "is", "which", "condition")
    ):
        return False
    table = ctx.phrases[i].table
    return ctx.of(ctx.name_of(table)).role == Role.NAME and ctx.schema.graph.safe(ctx.root, table)


def _is_counted(ctx: Context, i: int) -> bool:
    """公立医院和民营医院各有多少家, 制造业企业被处罚多少次: named only to say what is counted, or for whom."""
    if any(p.kind in ("which", "listed", "list") for p in ctx.phrases):
        return False
    amounts = [p.amount for p in ctx.phrases if isinstance(p.amount, Measure)]
    counted = any(a == ctx.counting(ctx.phrases[i].table) for a in amounts)
    return counted or (
        bool(amounts) and _kind(ctx, i - 1) == "condition" and _kind(ctx, i + 1) in ("amount", "and", "agg")
    )


def _kind(ctx: Context, index: int) -> str:
    return ctx.phrases[index].kind if 0 <= index < len(ctx.phrases) else ""


def _is_asked(ctx: Context, i: int) -> bool:
    """Whether a table's rows are what is sought, not only whose columns or counts are meant."""
    before, k = _kind(ctx, i - 1), i - 1
    if before == "number":
        before, k = _kind(ctx, i - 2), i - 2
    while before in ("is", "in"):
        k -= 1
        before = _kind(ctx, k)
    after, n = _kind(ctx, i + 1), i + 1
    while after in ("unknown", "in", "is"):
        n += 1
        after = _kind(ctx, n)
    if after == "scope" or (ctx.schema.strict and _is_object(ctx, i)):
        return False
    if ctx.schema.strict and _taken_up(ctx, i):
        return True
    if ctx.schema.strict and after == "which" and before != "which" and ctx.phrases[n - 1].text in _SOMEWHERE:
        return False  # 最大的三个专辑属于哪些歌手
    if before == "which" or after in ("listed", "which"):
        return True
    possessive = after == "of" and _kind(ctx, n + 1) in (
        "expr",
        "amount",
        "agg",
        "table",
        "rank",
        "condition",
        "howmany",
        "super",
    )
    next_to = n < len(ctx.phrases) and ctx.phrases[n].at == ctx.phrases[i].end
    owned = after == "table" or (ctx.schema.strict and after == "expr" and bool(ctx.phrases[n].owner))
    if owned and next_to and before != "which":
        return False  # 电视剧主题曲, 电视剧主题曲的名称: the first only says whose
    possessive = possessive or (after == "amount" and ctx.phrases[n].at == ctx.phrases[i].end)
    if before == "list":
        return not possessive
    if before == "of":
        k -= 1
        before = _kind(ctx, k)
        while ctx.schema.strict and before in ("is", "in") and ctx.phrases[k].text in ("在", "于"):
            k -= 1
            before = _kind(ctx, k)  # 排在前3的企业
        if before == "unknown" or (before == "expr" and ctx.phrases[k].score < 0.97 and ctx.schema.strict):
            verb = _kind(ctx, k - 1 if _kind(ctx, k - 1) != "of" else k - 2)  # 以及举办的国家, 其售卖的平台
            told = ("and", "comma", "list", "condition") if ctx.schema.strict else ("and", "comma", "list")
            before = verb if verb in told else before
    if ctx.schema.strict and before == "unknown" and _kind(ctx, k - 1) in ("each", "comma", "list"):
        before = _kind(ctx, k - 1)  # 每一本售卖的书, 售卖平台
    if before == "rank" and _kind(ctx, k - 1) == "which" and not ctx.schema.strict:
        return True  # 哪三个部门
    if before == "condition" and not ctx.schema.strict and _asks_total(ctx):
        return False  # 三甲医院2025年一共接待了多少人: one number
    if before in ("condition", "rank"):
        groups = any(p.kind == "group" for p in ctx.phrases) and any(p.kind == "amount" for p in ctx.phrases)
        return not possessive and not groups and after not in ("amount",)
    if before == "list" and ctx.schema.strict:
        return not possessive
    if before == "and":
        return not possessive and any(p.kind in ("list", "which", "listed") for p in ctx.phrases)
    if before in ("comma", "") and after in ("and", "comma", ""):
        return any(p.kind in ("list",) for p in ctx.phrases[:i])
    return before == "each"


_PLACES = ("上", "里", "中", "里面", "当中", "上的", "里的", "中的", "之中")
_ONLY = ("只考虑", "只统计", "只看", "只算", "仅考虑", "仅统计", "仅看")
_SOMEWHERE = ("属于", "来自", "隶属于", "隶属", "位于", "处于")
_PRONOUNS = ("它们", "它", "其", "他们", "她们", "他", "她")


def _taken_up(ctx: Context, i: int) -> bool:
    """…的企业，并给出它们的法人: things that a pronoun takes up, to ask for more of them, are asked for themselves."""
    kinds = [p.kind for p in ctx.phrases]
    end = next((k for k in range(i + 1, len(kinds)) if kinds[k] == "comma"), None)
    if end is None or "table" in kinds[i + 1 : end] or set(kinds[i + 1 : end]) & {"of", "scope", "which", "amount"}:
        return False
    lead = end + 1
    while lead < len(kinds) and kinds[lead] in ("and", "list", "is"):
        lead += 1
    given = "list" in kinds[end + 1 : lead]
    return given and lead < len(kinds) and ctx.phrases[lead].text in _PRONOUNS


def _asks_total(ctx: Context) -> bool:
    """Whether a number is asked for, and no word asks for things or groups."""
    if any(p.kind in ("which", "list", "listed", "group", "rank", "each") for p in ctx.phrases):
        return False
    return any(m.kind == "howmany" or (m.kind == "agg" and m.payload == "sum") for m in ctx.mentions)


def _add_key(ctx: Context, shown: Shown, phrase: Phrase) -> None:
    if phrase.table and phrase.kind in ("table", "group") and not (phrase.kind == "group" and phrase.expr is not None):
        add_table(ctx, shown, phrase.table)
        return
    expr = phrase.expr
    if expr is None:
        return
    if isinstance(expr, Col) and ctx.of(expr).role == Role.NAME and expr == ctx.name_of(expr.table):
        add_table(ctx, shown, expr.table)
        return
    if isinstance(expr, Col) and ctx.of(expr).role == Role.FOREIGN and not ctx.schema.strict:
        target = ctx.target_of(expr)
        if target is not None and ctx.of(ctx.name_of(target)).role == Role.NAME:
            add_table(ctx, shown, target)
            return
    if expr not in shown.keys:
        shown.keys.append(expr)
    shown.add(expr)


def add_table(ctx: Context, shown: Shown, table: str, *, first: bool = False) -> None:
    """Rows of a table are told apart by its key, shown by its name."""
    name = ctx.name_of(table)
    if not ctx.schema.strict:
        _say_role(ctx, table)
    if name not in shown.keys:
        shown.keys.insert(0 if first else len(shown.keys), name)
        if name not in shown.order:
            shown.order.insert(0 if first else len(shown.order), name)
    key = ctx.schema.model.table(table).primary_key
    if len(key) == 1 and key[0] != name.name:
        way = ctx.schema.graph.paths(ctx.root).get(table, ())
        if way and way[-1].target_columns == (name.name,) and not ctx.schema.strict:
            shown.group.append(name)  # named by its own name: no other identity is needed
            return
        foreign = ctx.schema.graph.foreign_key(ctx.root, table) if table != ctx.root else None
        shown.group.append(Col(ctx.root, foreign[0]) if foreign else Col(table, key[0]))
    else:
        shown.group.append(name)


def _say_role(ctx: Context, table: str) -> None:
    """Where several keys of the root lead to one table and no word says which is meant, the one taken is told."""
    roles = [
        r.left_columns[0]
        for r in ctx.schema.model.relations
        if r.left == ctx.root and r.right == table and len(r.left_columns) == 1
    ]
    taken = ctx.schema.graph.foreign_key(ctx.root, table) if table != ctx.root else None
    if len(roles) < 2 or taken is None or ctx.schema.graph.chosen(ctx.root):
        return
    spoken = ctx.schema.model.table(table).entity or ctx.schema.model.table(table).label
    ctx.assumptions.append(f"“{spoken}”按{ctx.table.column(taken[0]).label}理解")


def _column(ctx: Context, shown: Shown, i: int) -> None:
    phrase = ctx.phrases[i]
    expr = cast(Expression, phrase.expr)
    table = owner_of(phrase)
    if not (table == ctx.root or ctx.schema.graph.safe(ctx.root, table)):
        if is_measure(ctx, phrase) and ctx.reaches(table) and not ctx.schema.strict:
            ctx.use(*phrase.spans)
            shown.numbers.append(expr)
            shown.add(expr)
        return
    if ctx.schema.strict and is_measure(ctx, phrase) and _verbal(ctx, i, shown):
        return
    if ctx.schema.strict and (
        _located(ctx, i) or _in_scope(ctx, i) or (not is_measure(ctx, phrase) and _is_object(ctx, i))
    ):
        ctx.use(*phrase.spans)
        return
    bare_time = is_time(ctx, phrase) and not any(w in phrase.text for w in "时日年月期间") and not phrase.asked
    if _modifies(ctx, i) or bare_time:
        return
    ctx.use(*phrase.spans)
    if is_measure(ctx, phrase):
        if expr not in shown.numbers:
            shown.numbers.append(expr)
        shown.add(expr)
        return
    if not _fixed(ctx, expr):
        _add_key(ctx, shown, phrase)


def _located(ctx: Context, i: int) -> bool:
    """在…线路上, 在…年份里: what is said to be where, not what is asked for."""
    after = ctx.phrases[i + 1] if i + 1 < len(ctx.phrases) else None
    if after is None or after.text not in _PLACES:
        return False
    k = i - 1
    while k >= 0 and ctx.phrases[k].kind in (
        "unknown",
        "of",
        "condition",
        "group",
        "table",
        "each",
        "number",
        "amount",
    ):
        k -= 1
    return k >= 0 and ctx.phrases[k].text in ("在", "于")


def _in_scope(ctx: Context, i: int) -> bool:
    """…死亡率的记录中，将…, 只考虑…的年份，哪些…: words before a scope that the rest of the question stands in."""
    at = ctx.phrases[i].at
    start = next((k for k in range(at - 1, -1, -1) if ctx.mentions[k].kind == "comma"), -1) + 1
    if any(m.text in _ONLY for m in ctx.mentions[start : start + 2]):
        return any(p.kind == "comma" for p in ctx.phrases[i + 1 : -1])
    for k in range(i + 1, len(ctx.phrases)):
        if ctx.phrases[k].kind in ("comma", "which", "list"):
            return False
        if ctx.phrases[k].kind == "scope":
            return _kind(ctx, k + 1) == "comma" and k + 2 < len(ctx.phrases)
    return False


def _verbal(ctx: Context, i: int, shown: Shown) -> bool:
    """A measure's bare stem used as a verb or before another noun: 在几个平台播放, 播放平台."""
    phrase = ctx.phrases[i]
    if phrase.asked or not isinstance(phrase.expr, Col) or phrase.text == ctx.of(phrase.expr).label:
        return False
    after = ctx.phrases[i + 1] if i + 1 < len(ctx.phrases) else None
    if (
        after is not None
        and after.kind in ("table", "expr", "unknown", "amount", "condition")
        and after.at == phrase.end
    ):
        return True
    counted = any(p.kind in ("amount", "rank") or p.having is not None for p in ctx.phrases)
    if counted and _kind(ctx, i - 1) == "of" and ctx.phrases[i - 1].text in _PLACES:
        return True  # 在几个平台上播放
    return counted and _kind(ctx, i - 1) not in ("list", "and", "comma", "of", "which")


def _modifies(ctx: Context, i: int) -> bool:
    """A part of a column's name that only describes another noun: 播放 in 播放平台."""
    phrase = ctx.phrases[i]
    if phrase.score >= 0.9 or phrase.asked or len(phrase.text) > 3:
        return False
    before, after = _kind(ctx, i - 1), _kind(ctx, i + 1)
    if before in ("unknown", "number", "rank"):
        before = _kind(ctx, i - 2)
    if ctx.schema.strict and phrase.score < 0.5 and before == "list" and _amid(ctx, phrase):
        return True  # 告诉我支持…的软件, where only 首次支持版本号 holds the verb
    if before in ("which", "list"):
        return False
    if after == "of":
        after = _kind(ctx, i + 2)
    if after in ("table", "expr", "amount", "howmany", "unknown") and _kind(ctx, i + 1) != "comma":
        return True
    label = ctx.of(phrase.expr).label if isinstance(phrase.expr, Col) else ""
    tail = label.endswith(phrase.text) or ctx.bare(label).endswith(phrase.text)
    head = label.startswith(phrase.text) and not is_measure(ctx, phrase) and not is_time(ctx, phrase)
    if ctx.schema.strict and not tail and not head and before not in ("and", "of", "comma"):
        return True
    if ctx.schema.strict and head and before == "" and phrase.score >= 0.45:
        return False
    if is_measure(ctx, phrase) and not tail and phrase.score < 0.6:
        return True
    return phrase.score < 0.6 and len(phrase.text) <= 2 and (ctx.schema.strict or not is_measure(ctx, phrase))


def _amid(ctx: Context, phrase: Phrase) -> bool:
    """Whether the words stand in the middle of the column's name."""
    label = ctx.bare(ctx.of(phrase.expr).label) if isinstance(phrase.expr, Col) else phrase.text
    return not label.startswith(phrase.text) and not label.endswith(phrase.text)


def _is_object(ctx: Context, i: int) -> bool:
    """哪些软件支持打车, 哪个国家接壤了最大的湖泊: what the asked things do it to is not asked for itself."""
    k = i - 1
    while k >= 0 and ctx.phrases[k].kind in ("of", "condition", "rank", "number", "super"):
        k -= 1
    verb = ctx.phrases[k] if k >= 2 else None
    if verb is None or not (verb.kind == "unknown" or (verb.kind == "expr" and verb.score < 0.6)) or len(verb.text) < 2:
        return False
    asked = ctx.phrases[k - 1]
    named = asked.kind == "table" or (asked.kind == "expr" and not is_measure(ctx, asked))
    return named and asked.at < verb.at and _kind(ctx, k - 2) in ("which", "number", "rank") and _which(ctx, k - 1)


def _which(ctx: Context, i: int) -> bool:
    """Whether 哪 asks for the phrase at `i`."""
    k = i - 1
    while k >= 0 and ctx.phrases[k].kind in ("number", "rank"):
        k -= 1
    return _kind(ctx, k) == "which"


def _fixed(ctx: Context, expr: Expression) -> bool:
    """The column names what a condition already fixes to one value."""
    from assistant.planning.plan import Compare

    return any(
        p.kind == "condition"
        and isinstance(p.condition, Compare)
        and p.condition.left == expr
        and p.condition.op == "="
        for p in ctx.phrases
    )
