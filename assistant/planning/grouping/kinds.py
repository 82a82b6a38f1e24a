"""Bare nouns that no name explains, where a question asks for a kind or a thing: 哪些作家, 各大洲, 所在的省, 哪些书."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.planning.linking.words import KIND_NOUNS, PLACE_NOUNS
from assistant.planning.plan import Col
from assistant.planning.reading.context import Context
from corpus.semantics import Role

if TYPE_CHECKING:
    from assistant.planning.reading.phrases import Phrase

_BELONGING = re.compile(r"^(?:所属|所在|隶属|归属)")
_WHO = ("人", "人们", "公司", "单位", "机构")
_MOST = 3  # characters of a bare noun
_PLACES = PLACE_NOUNS | {"位置", "所在地", "属地", "产地"}


def read_kinds(ctx: Context, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases with every bare noun that asks for something turned into the column or table most like it."""
    result = list(phrases)
    known: dict[str, Col] = {}  # the same noun later in the question means the same
    for i, phrase in enumerate(result):
        if phrase.kind != "unknown":
            continue
        if len(phrase.text) > 1 and ctx.schema.strict and _asks_thing(result, i):
            home = _home_of(ctx, phrase.text[0])  # 每个省管辖的城市: the noun, then what it does
            if home is not None and _home_of(ctx, phrase.text) is None and _kind_of(ctx, phrase.text) is None:
                result[i] = replace(phrase, kind="expr", expr=home, score=0.7)
                continue
        if len(phrase.text) == 4 and ctx.schema.strict and i and result[i - 1].kind == "each":
            kind = _kind_of(ctx, phrase.text[:2])  # 不同著作翻拍的电视剧: the noun, then what is done with it
            if kind is not None and _kind_of(ctx, phrase.text) is None:
                result[i] = replace(phrase, kind="expr", expr=kind, score=0.7)
                continue
        if not 1 <= len(phrase.text) <= _MOST:
            continue
        if phrase.text in known and i and result[i - 1].kind in ("of", "each", "which", "by"):
            result[i] = replace(phrase, kind="expr", expr=known[phrase.text], score=0.7)
            continue
        said = phrase.text in KIND_NOUNS | PLACE_NOUNS
        if any(p.kind == "table" and p.at == phrase.end for p in result[i + 1 : i + 2]) and not said:
            continue  # it only describes the noun after it
        listed = said and bool(i) and result[i - 1].kind == "listed" and result[i - 1].text.endswith(("哪些", "什么"))
        found = _kind_of(ctx, phrase.text) if listed or _asks_kind(result, i) else None
        if found is None and ctx.schema.strict and (_asks_kind(result, i) or _belongs(result, i)):
            found = _home_of(ctx, phrase.text)
        if found is not None:
            result[i] = replace(phrase, kind="expr", expr=found, score=0.7)
            ctx.bonus += 0.5 * len(phrase.text)
            known[phrase.text] = found
            if listed:
                result[i - 1] = replace(result[i - 1], kind="which")  # 展馆有哪些类型
            continue
        named = _rows_of(ctx, phrase.text) if ctx.schema.strict and _asks_thing(result, i) else None
        if named is not None:
            result[i] = replace(phrase, kind="table", table=named, score=0.7)
            ctx.bonus += 0.5 * len(phrase.text)
    return _with_numbers(ctx, _named_by_verb(ctx, result))


def _named_by_verb(ctx: Context, phrases: list[Phrase]) -> list[Phrase]:
    """哪些人填词的歌: who does it stands in the column that the verb names."""
    result = list(phrases)
    for i, (which, noun, verb) in enumerate(zip(phrases, phrases[1:], phrases[2:], strict=False)):
        named = verb.kind == "expr" and isinstance(verb.expr, Col) and verb.expr.table == ctx.root and verb.score >= 0.9
        if which.kind != "which" or noun.text not in _WHO or noun.kind != "unknown" or not named:
            continue
        if isinstance(verb.expr, Col) and ctx.of(verb.expr).role in (Role.CATEGORY, Role.TEXT, Role.NAME):
            ctx.use(*noun.spans)
            del result[i + 1]
            break
    return result


def _with_numbers(ctx: Context, phrases: list[Phrase]) -> list[Phrase]:
    """储水量 where the data say 蓄水量: the head of a noun stands last, so the one number with the same tail is meant."""
    result = list(phrases)
    for i, (noun, tail) in reversed(list(enumerate(itertools.pairwise(phrases)))):
        counting = tail.kind == "agg" and tail.payload == "count" and tail.at == noun.end
        if noun.kind != "unknown" or not counting or len(noun.text) < 2:
            continue
        said = noun.text[-1] + tail.text
        found = [c for c in ctx.table.columns if c.role == Role.MEASURE and c.label.endswith(said)]
        if len(found) == 1:
            text = noun.text + tail.text
            column = Col(ctx.root, found[0].name)
            named = replace(noun, kind="expr", spans=noun.spans + tail.spans, text=text, expr=column, score=0.7)
            result[i : i + 2] = [named]
            ctx.bonus += 0.5 * len(text)
    return result


def _kind_of(ctx: Context, noun: str) -> Col | None:
    """The root's column most like a noun: 作家 → 作者."""
    best: tuple[float, Col] | None = None
    for column in ctx.table.columns:
        if column.role not in (Role.CATEGORY, Role.NAME, Role.TEXT):
            continue
        shared = len(set(column.label) & set(noun)) / max(len(column.label), len(noun))
        edge = column.label[-1] == noun[-1] or column.label[0] == noun[0]
        edge = edge or (len(noun) == 2 and column.label[-1] == noun[0])  # 著作: 原著
        alike = next((nouns for nouns in (KIND_NOUNS, _PLACES) if noun in nouns), frozenset())
        if any(w in column.label for w in alike) and best is None:
            best = (0.1, Col(ctx.root, column.name))
        if (edge or noun in column.label) and shared > 0 and (best is None or shared > best[0]):
            best = (shared, Col(ctx.root, column.name))
    return best[1] if best is not None else None


def _home_of(ctx: Context, noun: str) -> Col | None:
    """The one column near the root that says to what a thing belongs: 洲, 大洲 → 所属洲, 省 → 所在省份, 区 → 所属大区."""
    found = []
    for table in (ctx.root, *ctx.near()):
        for column in ctx.schema.model.table(table).columns:
            whole = _BELONGING.sub("", column.label)
            alike = whole.startswith(noun) or whole.endswith(noun) or noun.endswith(whole)
            if column.role == Role.CATEGORY and whole and whole != column.label and alike:
                found.append(Col(table, column.name))
        if found:
            break
    return found[0] if len(found) == 1 else None


def _rows_of(ctx: Context, noun: str) -> str | None:
    """The table whose rows a noun means that is a part of the word for them: 综艺 of 综艺节目, 书 of 图书."""
    for name in (ctx.root, *ctx.near()):
        table = ctx.schema.model.table(name)
        words = [w for w in (table.label, table.entity) if len(w) > len(noun)]
        if ctx.of(ctx.name_of(name)).role == Role.NAME and any(w.startswith(noun) or w.endswith(noun) for w in words):
            return name
    return None


def _asks_kind(phrases: list[Phrase], i: int) -> bool:
    """Whether a word stands where a kind is asked for: behind 哪, 各 or a number, or before 是哪个."""
    before = phrases[i - 1].kind if i else ""
    if before in ("which", "each", "number") or (
        before == "by" and i + 1 < len(phrases) and phrases[i + 1].kind == "and"
    ):
        return True
    return any(p.kind in ("which", "listed") for p in phrases[i + 1 : i + 3]) and before in ("of", "super")


def _asks_thing(phrases: list[Phrase], i: int) -> bool:
    """Whether a word stands where things are asked for: 哪些书, 每本书, 有哪些书."""
    return bool(i) and phrases[i - 1].kind in ("which", "each", "listed")


def _belongs(phrases: list[Phrase], i: int) -> bool:
    """Whether a word says where something belongs (所在的省, 其所属的洲), or stands last in a list of what to give."""
    before = phrases[i - 1].kind if i else ""
    if before == "of" and i >= 2 and phrases[i - 2].kind == "is":
        return True
    ends = i + 1 == len(phrases) or phrases[i + 1].kind in ("comma", "and")
    return ends and before in ("and", "is", "of") and any(p.kind == "list" for p in phrases[:i])
