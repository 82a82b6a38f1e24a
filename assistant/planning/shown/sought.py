"""Whether a noun, where it stands, is what the question asks to see, or only says whose, where, among what or by whom."""

from __future__ import annotations

from assistant.planning.plan import Col, Compare, Expression, Measure
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, is_measure, is_time
from corpus.semantics import Role

_PLACES = ("上", "里", "中", "里面", "当中", "上的", "里的", "中的", "之中")
_ONLY = ("只考虑", "只统计", "只看", "只算", "仅考虑", "仅统计", "仅看")
_SOMEWHERE = ("属于", "来自", "隶属于", "隶属", "位于", "处于")
_PRONOUNS = ("它们", "它", "其", "他们", "她们", "他", "她")


def kind_at(ctx: Context, index: int) -> str:
    """The kind of the phrase at an index; empty beyond the ends."""
    return ctx.phrases[index].kind if 0 <= index < len(ctx.phrases) else ""


def is_picked(ctx: Context, i: int) -> bool:
    """最多的三所小学: a ranked value stands for the things that have it."""
    before = kind_at(ctx, i - 2) if kind_at(ctx, i - 1) == "of" else kind_at(ctx, i - 1)
    if (
        ctx.schema.strict
        or before != "rank"
        or kind_at(ctx, i + 1) not in ("", "comma", "listed", "is", "which", "condition")
    ):
        return False
    table = ctx.phrases[i].table
    return ctx.of(ctx.name_of(table)).role == Role.NAME and ctx.schema.graph.safe(ctx.root, table)


def is_counted(ctx: Context, i: int) -> bool:
    """公立医院和民营医院各有多少家, 制造业企业被处罚多少次: named only to say what is counted, or for whom."""
    if any(p.kind in ("which", "listed", "list") for p in ctx.phrases):
        return False
    amounts = [p.amount for p in ctx.phrases if isinstance(p.amount, Measure)]
    counted = any(a == ctx.counting(ctx.phrases[i].table) for a in amounts)
    return counted or (
        bool(amounts) and kind_at(ctx, i - 1) == "condition" and kind_at(ctx, i + 1) in ("amount", "and", "agg")
    )


def is_asked(ctx: Context, i: int) -> bool:
    """Whether a table's rows are what is sought, not only whose columns or counts are meant."""
    before, k = kind_at(ctx, i - 1), i - 1
    if before == "number":
        before, k = kind_at(ctx, i - 2), i - 2
    while before in ("is", "in"):
        k -= 1
        before = kind_at(ctx, k)
    after, n = kind_at(ctx, i + 1), i + 1
    while after in ("unknown", "in", "is"):
        n += 1
        after = kind_at(ctx, n)
    if after == "scope" or (ctx.schema.strict and is_object(ctx, i)):
        return False
    if ctx.schema.strict and _taken_up(ctx, i):
        return True
    if after == "which" and before != "which" and _has_kinds(ctx, n):
        return False  # 图书馆有哪些级别
    if ctx.schema.strict and after == "which" and before != "which" and ctx.phrases[n - 1].text in _SOMEWHERE:
        return False  # 最大的三个专辑属于哪些歌手
    if after == "which" and "有" in ctx.phrases[n].text and kind_at(ctx, n + 1) == "expr":
        return before == "which"  # 展馆有哪些类型: the kinds are asked for
    if before == "which" or after in ("listed", "which"):
        return True
    possessive = after == "of" and kind_at(ctx, n + 1) in (
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
        before = kind_at(ctx, k)
        while ctx.schema.strict and before in ("is", "in") and ctx.phrases[k].text in ("在", "于"):
            k -= 1
            before = kind_at(ctx, k)  # 排在前3的企业
        if before == "unknown" or (before == "expr" and ctx.phrases[k].score < 0.97 and ctx.schema.strict):
            verb = kind_at(ctx, k - 1 if kind_at(ctx, k - 1) != "of" else k - 2)  # 以及举办的国家, 其售卖的平台
            told = ("and", "comma", "list", "condition") if ctx.schema.strict else ("and", "comma", "list")
            before = verb if verb in told else before
    if ctx.schema.strict and before == "unknown" and kind_at(ctx, k - 1) in ("each", "comma", "list"):
        before = kind_at(ctx, k - 1)  # 每一本售卖的书, 售卖平台
    if before == "rank" and kind_at(ctx, k - 1) == "which" and not ctx.schema.strict:
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


def _has_kinds(ctx: Context, n: int) -> bool:
    """有哪些 before a column of words: the kinds that there are, not the things that have them."""
    column = ctx.phrases[n + 1].expr if n + 1 < len(ctx.phrases) else None
    if not ctx.phrases[n].text.lstrip("都").startswith("有"):
        return False
    return ctx.schema.strict or (isinstance(column, Col) and ctx.of(column).role == Role.CATEGORY)


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


def is_located(ctx: Context, i: int) -> bool:
    """在…线路上, 在…年份里: what is said to be where, not what is asked for."""
    asked = ctx.mentions[ctx.phrases[i].at].kind == "which"  # 在哪里
    if i and not asked and ctx.phrases[i - 1].text == "在" and ctx.phrases[i - 1].end == ctx.phrases[i].at:
        return any(p.kind in ("group", "which", "amount", "listed") for p in ctx.phrases)  # 在世界杯赢了
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


def in_scope(ctx: Context, i: int) -> bool:
    """…死亡率的记录中，将…, 只考虑…的年份，哪些…: words before a scope that the rest of the question stands in."""
    at = ctx.phrases[i].at
    start = next((k for k in range(at - 1, -1, -1) if ctx.mentions[k].kind == "comma"), -1) + 1
    if any(m.text in _ONLY for m in ctx.mentions[start : start + 2]):
        return any(p.kind == "comma" for p in ctx.phrases[i + 1 : -1])
    for k in range(i + 1, len(ctx.phrases)):
        if ctx.phrases[k].kind in ("comma", "which", "list"):
            return False
        if ctx.phrases[k].kind == "scope":
            return kind_at(ctx, k + 1) == "comma" and k + 2 < len(ctx.phrases)
    return False


def is_verbal(ctx: Context, i: int) -> bool:
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
    if counted and kind_at(ctx, i - 1) == "of" and ctx.phrases[i - 1].text in _PLACES:
        return True  # 在几个平台上播放
    return counted and kind_at(ctx, i - 1) not in ("list", "and", "comma", "of", "which")


def modifies(ctx: Context, i: int) -> bool:
    """A part of a column's name that only describes another noun: 播放 in 播放平台."""
    phrase = ctx.phrases[i]
    if phrase.score >= 0.9 or phrase.asked or len(phrase.text) > 3:
        return False
    before, after = kind_at(ctx, i - 1), kind_at(ctx, i + 1)
    if before in ("unknown", "number", "rank"):
        before = kind_at(ctx, i - 2)
    if ctx.schema.strict and phrase.score < 0.5 and before == "list" and _amid(ctx, phrase):
        return True  # 告诉我支持…的软件, where only 首次支持版本号 holds the verb
    if before in ("which", "list"):
        return False
    if after == "of":
        after = kind_at(ctx, i + 2)
    if after in ("table", "expr", "amount", "howmany", "unknown") and kind_at(ctx, i + 1) != "comma":
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


def is_object(ctx: Context, i: int) -> bool:
    """哪些软件支持打车, 哪个国家接壤了最大的湖泊: what the asked things do it to is not asked for itself."""
    k = i - 1
    while k >= 0 and ctx.phrases[k].kind in ("of", "condition", "rank", "number", "super"):
        k -= 1
    verb = ctx.phrases[k] if k >= 2 else None
    if verb is None or not (verb.kind == "unknown" or (verb.kind == "expr" and verb.score < 0.6)) or len(verb.text) < 2:
        return False
    asked = ctx.phrases[k - 1]
    named = asked.kind == "table" or (asked.kind == "expr" and not is_measure(ctx, asked))
    return named and asked.at < verb.at and kind_at(ctx, k - 2) in ("which", "number", "rank") and is_which(ctx, k - 1)


def is_which(ctx: Context, i: int) -> bool:
    """Whether 哪 asks for the phrase at `i`."""
    k = i - 1
    while k >= 0 and ctx.phrases[k].kind in ("number", "rank"):
        k -= 1
    return kind_at(ctx, k) == "which"


def whose(ctx: Context, i: int) -> bool:
    """按性别，…的年龄段的平均人数大于10万的性别: behind an explicit group, a kind that only says whose number is tested."""
    grouped = any(p.kind == "group" for p in ctx.phrases[:i])
    after = kind_at(ctx, i + 2) if kind_at(ctx, i + 1) == "of" else kind_at(ctx, i + 1)
    return grouped and after == "condition" and not is_which(ctx, i)


def is_fixed(ctx: Context, expr: Expression) -> bool:
    """The column names what a condition already fixes to one value."""
    return any(
        p.kind == "condition"
        and isinstance(p.condition, Compare)
        and p.condition.left == expr
        and p.condition.op == "="
        for p in ctx.phrases
    )
