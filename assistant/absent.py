"""Whether an answer would speak of something else than was asked: a place that is not known, a thing that is not kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

import sqlglot
from sqlglot import exp

from assistant.planning.embedded import Planning
from assistant.planning.linking.mentions import Mention
from assistant.planning.linking.scales import kind_of
from assistant.planning.linking.words import WORDS
from assistant.planning.plan import Measure, Plan, Reading
from corpus.semantics import Role, SemanticModel

_KINDS_OF_PLACE = ("区", "县", "市", "镇", "乡", "村", "街道", "社区")
_FOR_PLACES = frozenset("家所座间栋台辆条艘口棵只头匹")  # measure words of what stands somewhere, not of what happens


def names_what_is_not_here(planning: Planning, model: SemanticModel) -> bool:
    """Whether the best plan answers for the whole what was asked of one thing, or counts one thing for another.

    「鼓楼区有多少家医院」 where no such district is known, 「湖滨街道的GDP」 where figures end at districts, 「多少个接线员」,
    「多少家超市」 where only inspections in them are kept.
    """
    best = planning.candidates[0].reading if planning.candidates else None
    if best is None:
        return False
    unused = set(best.unused)
    for k, mention in enumerate(planning.mentions):
        if mention.text not in unused:
            continue
        after = planning.mentions[k + 1] if k + 1 < len(planning.mentions) else None
        beside = after is not None and after.start == mention.end
        placed = beside and after is not None and after.text in _KINDS_OF_PLACE and bool(after.candidates)
        if placed and after is not None and _is_unknown_place(mention, after.text):
            return True
        if _is_asked_for(planning, k):
            return True
        if _names_a_thing(mention, model):
            return True
    return _counts_something_else(planning, best, model)


def _is_unknown_place(mention: Mention, kind: str) -> bool:
    """鼓楼区, where nothing or only a 鼓楼街道 is known."""
    other = all(c.kind == "value" and c.value != mention.text + kind for c in mention.candidates)
    return other and not (mention.word or mention.time or mention.number)


def _is_asked_for(planning: Planning, k: int) -> bool:
    """Whether the things that a word names are what is sought: 哪个街道, …的街道是哪个."""
    mention, before = planning.mentions[k], planning.mentions[k - 1] if k else None
    if not any(c.kind == "table" and c.score >= 0.9 for c in mention.candidates):
        return False
    rest = [m for m in planning.mentions[k + 1 :] if m.kind != "is"]
    return (before is not None and before.kind == "which") or bool(rest and rest[0].kind == "which")


def _names_a_thing(mention: Mention, model: SemanticModel) -> bool:
    """Whether a word is the stored name of a place, and nothing else: an agency may be named for what it does."""
    if not mention.text.endswith(_KINDS_OF_PLACE) or mention.word or mention.time or not mention.candidates:
        return False
    return all(
        c.kind == "value"
        and c.value == mention.text
        and model.table(c.table).column(c.column).role in (Role.NAME, Role.FOREIGN)
        for c in mention.candidates
    )


def _counts_something_else(planning: Planning, best: Reading, model: SemanticModel) -> bool:
    plan = best.query
    if not isinstance(plan, Plan) or not plan.values:
        return False
    if not all(
        isinstance(v, Measure) and v.aggregate == "count" and v.of is None and not v.metric for v in plan.values
    ):
        return False
    counted = model.table(plan.root)
    for k, mention in enumerate(planning.mentions):
        if mention.kind != "howmany":
            continue
        after = planning.mentions[k + 1] if k + 1 < len(planning.mentions) else None
        if after is not None and not after.known and len(after.text) > 1 and after.text in best.unused:
            return True
        unit = mention.text.removeprefix("多少").removeprefix("几")
        named = any(c.kind == "table" and c.table == plan.root for m in planning.mentions for c in m.candidates)
        happens = bool(counted.measure_word) and counted.measure_word not in _FOR_PLACES | {"个"}
        if unit in _FOR_PLACES and happens and not named:
            return True
    return False


# What names of quantities end with: a word that ends so and that nothing explains is the very number asked for.
_QUANTITY = re.compile(r"[率度比值额费价量数龄长积速距差]$")
_NO_QUANTITY = frozenset(("程度", "角度", "多数", "少数", "无数", "大量", "少量", "尽量"))


def number_that_is_not_here(planning: Planning) -> str:
    """The word for what is asked for, where the best plan does not know it: 率 of 离婚率, 书 of 多少本书; empty for none.

    Chinese puts the head of a noun last: a plan that read 离婚 and not 率 answers another question.
    """
    best = planning.candidates[0].reading if planning.candidates else None
    if best is None:
        return ""
    query = sqlglot.parse_one(planning.candidates[0].sql, dialect="duckdb")
    shown = query.named_selects if isinstance(query, exp.Query) else []
    lost = {word for word in best.unused if not any(word in label for label in shown)}
    counts = isinstance(best.query, Plan) and all(isinstance(v, Measure) and v.of is None for v in best.query.values)
    for i, mention in enumerate(planning.mentions):
        if (
            mention.text not in lost
            or mention.word is not None
            or mention.number
            or mention.time
            or mention.text == "一"
        ):
            continue
        quantity = not mention.candidates and _QUANTITY.search(mention.text) and mention.text not in _NO_QUANTITY
        if quantity:
            before = planning.mentions[i - 1] if i else None
            own = before is None or before.word is not None or not before.candidates
            return planning.question[mention.start if own or before is None else before.start : mention.end]
        if counts and _is_counted(planning.mentions, i) and not _is_unit(mention.text):
            return f"{mention.text}的数量"
    return ""


def _is_unit(text: str) -> bool:
    """人次, 批次: a measure word says in what is counted, not what."""
    word = WORDS.get(text)
    return bool(kind_of(text)) or (word is not None and word.kind == "unit")


def _is_counted(mentions: Sequence[Mention], index: int) -> bool:
    """Whether a word is what 多少 or 几 asks the number of: it stands right behind, a measure word between at most."""
    before = index - 1
    if before >= 0 and mentions[before].kind == "unit":
        before -= 1
    return before >= 0 and mentions[before].kind == "howmany"
