"""每年, 哪个月, 最多的一天, 趋势: periods of the root's time that a result is grouped by."""

from __future__ import annotations

from dataclasses import replace

from assistant.planning.plan import Col, TimeBucket, TimeUnit
from assistant.planning.reading.context import Context
from assistant.planning.reading.phrases import Phrase, drop, fold, is_time
from corpus.semantics import Role

WHICH_TIME: dict[str, TimeUnit] = {
    "哪年": "year", "哪一年": "year", "哪几年": "year", "哪个月": "month", "哪一个月": "month", "哪几个月": "month", "哪个季度": "quarter",
    "哪天": "day", "哪一天": "day",
}  # fmt: skip
_PERIOD_NOUNS = {
    "个月": "哪个月", "月": "哪个月", "月份": "哪个月", "年": "哪年", "年份": "哪年", "年度": "哪年", "季度": "哪个季度", "个季度": "哪个季度",
    "天": "哪天", "日": "哪天", "日子": "哪天",
}  # fmt: skip


def best_periods(ctx: Context) -> None:
    """降水量最多的一个月, 事故最少的那天: a superlative before a period asks which of the periods it is."""
    for i, mention in enumerate(ctx.mentions):
        if mention.kind != "super":
            continue
        k = i + 1
        while k < len(ctx.mentions) and ctx.mentions[k].text in ("的", "一", "那", "那个", "那一"):
            k += 1
        asked = _PERIOD_NOUNS.get(ctx.mentions[k].text) if k < len(ctx.mentions) else None
        closed = k + 1 >= len(ctx.mentions) or ctx.mentions[k + 1].kind in ("is", "comma", "filler", "list")
        if asked is None or not closed or ctx.bucket(WHICH_TIME[asked]) is None:
            continue
        spans = tuple(range(i + 1, k + 1))
        if any(p.kind == "which" for p in ctx.phrases):
            ctx.phrases = [p for p in ctx.phrases if not set(p.spans) & set(spans)]
            ctx.use(*spans)
            continue  # 最多的年份是哪年
        place = next((n for n, p in enumerate(ctx.phrases) if p.spans and p.at > i), len(ctx.phrases))
        kept = [p for p in ctx.phrases if not set(p.spans) & set(spans)]
        kept.insert(min(place, len(kept)), Phrase("which", spans, asked))
        ctx.phrases = kept
        ctx.use(*spans)


def by_period(ctx: Context, i: int, unit: TimeUnit) -> None:
    bucket = ctx.bucket(unit)
    if bucket is None:
        ctx.missing.append(ctx.phrases[i].text)
        return
    fold(ctx, i, i + 1, Phrase("group", (), ctx.phrases[i].text, expr=bucket))


BARE_TIMES: dict[str, TimeUnit] = {"年": "year", "月": "month", "月份": "month"}


def which_times(ctx: Context, i: int) -> None:
    """哪些年的…超过…: the times are what is asked for."""
    bucket = ctx.bucket(BARE_TIMES[ctx.phrases[i + 1].text])
    if bucket is not None and ctx.phrases[i + 1].kind == "unknown":
        fold(ctx, i, i + 2, Phrase("group", (), ctx.phrases[i + 1].text, expr=bucket, asked=True), whole=True)


def asks_when(ctx: Context, i: int) -> bool:
    """是哪天开通的, 成立于哪年: a time of its own is named beside, and is what is asked for."""
    if ctx.schema.strict:
        return False
    ranked = any(p.kind == "super" and p.text in _IN_TIME for p in ctx.phrases)
    for k in (i + 1, i - 1, i - 2):
        if 0 <= k < len(ctx.phrases) and is_time(ctx, ctx.phrases[k]):
            named = any(
                p.kind == "value" and isinstance(p.expr, Col) and ctx.of(p.expr).role == Role.NAME for p in ctx.phrases
            )
            if not named and not ranked and ctx.bucket(WHICH_TIME.get(ctx.phrases[i].text, "day")) is not None:
                continue
            ctx.phrases[k] = replace(ctx.phrases[k], asked=True)
            drop(ctx, i)
            return True
    col = ctx.time_of(ctx.root)
    if ranked and col is not None:  # 最新的投诉是哪天
        ctx.use(*ctx.phrases[i].spans)
        ctx.phrases[i] = Phrase("expr", ctx.phrases[i].spans, ctx.of(col).label, expr=col, asked=True)
    return ranked and col is not None


_IN_TIME = ("最早", "最晚", "最新", "最近")


_PERIODS: dict[str, TimeUnit] = {"季度": "quarter", "月": "month", "月份": "month", "年": "year", "年份": "year"}


def counted_periods(ctx: Context, i: int) -> None:
    """去年四个季度的…分别是多少: one number for each of them."""
    follow = ctx.phrases[i + 1] if i + 1 < len(ctx.phrases) else None
    unit = _PERIODS.get(follow.text) if follow is not None and follow.at == ctx.phrases[i].end else None
    bucket = ctx.bucket(unit) if unit is not None else None
    if bucket is not None and any(m.text.startswith(("分别", "各")) for m in ctx.mentions):
        fold(ctx, i, i + 2, Phrase("group", (), follow.text if follow else "", expr=bucket))


_COUNTED: dict[str, TimeUnit] = {"个月": "month", "年": "year", "天": "day", "日": "day"}


def ranked_periods(ctx: Context, i: int) -> bool:
    """门诊人次最多的三个月, 哪三年…最高: so many of the periods, not of the rows."""
    before = ctx.phrases[i - 1] if i else None
    k = i - 2 if before is not None and before.kind == "of" and i > 1 else i - 1
    unit = _COUNTED.get(ctx.phrases[i].unit)
    asks = k >= 0 and ctx.phrases[k].kind in ("super", "which")
    bucket = ctx.bucket(unit) if unit is not None and asks else None
    follow = ctx.phrases[i + 1].kind if i + 1 < len(ctx.phrases) else "comma"
    other = ("table",) if k >= 0 and ctx.phrases[k].kind == "which" else ("of", "table", "expr")
    if not isinstance(bucket, TimeBucket) or follow in other:
        return False
    ctx.phrases.insert(i + 1, Phrase("group", ctx.phrases[i].spans, ctx.phrases[i].text, expr=bucket))
    return True


def natural_unit(ctx: Context) -> TimeUnit:
    """Years, unless the question speaks of one year of finer data."""
    col = ctx.time_column()
    if col is None:
        return "year"
    grain = ctx.of(col).grain or "day"
    spans = [m.time for m in ctx.mentions if m.time]
    if spans and spans[0].start and spans[0].end and (spans[0].end - spans[0].start).days <= 366:
        if grain == "year":
            return "year"
        return "month" if (spans[0].end - spans[0].start).days > 62 or grain in ("month", "quarter") else "day"
    return "year"
