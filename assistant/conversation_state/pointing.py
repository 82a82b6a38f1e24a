"""Words that point at what was shown: 第二名那个区, 前者, 这条河, 比它高的. They become the row that is meant, or its number."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.conversation_state.command_words import N
from assistant.conversation_state.earlier import Earlier
from assistant.conversation_state.edits import Among, DropFilter, Edit, Keep, Rank, SetDimension, SetFilter
from assistant.conversation_state.labels import dimension_label, entity, value_words
from assistant.conversation_state.referring import shown_rows
from assistant.conversation_state.state import Dimension, Filter, State, Threshold, column_of, concept
from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.linking.numerals import read_number
from assistant.planning.plan import Col
from corpus.semantics import SemanticModel

States = Callable[[Sequence[Earlier]], State | None]

_COUNTER = "名位个家所条座种项类处只"
_PLACE = re.compile(
    rf"^(?:那|排|排名|排在|其中)?(?:第(?P<n>{N})[{_COUNTER}]|(?P<first>前者|前一[{_COUNTER}])|(?P<last>后者|后一[{_COUNTER}]|最后(?:那|一)+[{_COUNTER}]))"
    rf"(?:的)?(?:那|这)?(?:一?[{_COUNTER}])?(?![前后])"
)
_THIS = re.compile(rf"(?:这|那|该|此)一?[{_COUNTER}]?(?=[\u4e00-\u9fff])")
_THAN = re.compile(
    r"(?:有?哪些|哪几[个家所条]|谁|还有)?(?P<noun>[^，,比]{0,4}?)比(?P<it>它|他|她|这个?[区县家所]?|那个?[区县家所]?|[^，,比]{2,10}?)"
    r"(?:还|更|要)?(?P<more>[高多大低少小])(?:的)?(?:还|都|也)?(?:有|是)?(?:哪些|哪几[个家所条]|几[个家所条]|多少[个家所条]|谁)?(?P<after>[^，,]{0,4})$"
)


@dataclass(frozen=True)
class Pointed:
    """What a fragment points at: its edits, and the words that are left to read."""

    edits: tuple[Edit, ...]
    text: str


def pointed(text: str, earlier: Sequence[Earlier], states: States, planner: EmbeddedPlanner) -> Pointed | None:
    """The row that a fragment begins with; None where it points at none by its place."""
    match = _PLACE.match(text)
    if match is None:
        return None
    for at in range(len(earlier)):
        state = states(earlier[at:])
        rows = _rows(earlier[at], state, planner) if state is not None else None
        if rows is None or len(rows.values) < 2:
            continue
        number = read_number(match["n"]) if match["n"] else None
        place = int(number.value) - 1 if number else 0 if match["first"] else len(rows.values) - 1
        if (match["first"] or "后者" in match[0]) and len(rows.values) != 2:
            return None
        if not 0 <= place < len(rows.values):
            return None
        one = Filter(rows.column, "=", (rows.values[place],))
        rest = _without_noun(text[match.end() :], one, planner.model)
        if re.fullmatch(r"(?:是|叫)?(?:谁|哪一?[个家所条座位]?\S{0,3}|什么名字|什么)?", rest):
            return Pointed((Among(one),), "")
        return Pointed((SetFilter(one), Rank(None), Keep(None)), rest)
    return None


def named(text: str, state: State, base: Earlier, planner: EmbeddedPlanner) -> str:
    """The words with what 这个区 or 这条河 is, in the middle of them, in its place."""
    for match in _THIS.finditer(text):
        for one in _ones(state, base, planner):
            noun = next((n for n in _nouns(one.column, planner.model) if text.startswith(n, match.end())), None)
            if noun:
                said = value_words(one, one.values[0], planner.model)
                return text[: match.start()] + said + text[match.end() + len(noun) :]
    return text


def beside(text: str, state: State, base: Earlier, planner: EmbeddedPlanner) -> list[Edit] | None:
    """哪些区比它多: those whose number is beyond that of what was asked about, or of one that was shown."""
    match = _THAN.search(text)
    if match is None or match.start() > 0 or not state.quantities or any(q.change for q in state.quantities):
        return None
    if match["noun"] and _noun_column(match["noun"], state, planner.model) is None:
        return None
    it = re.fullmatch(r"它|他|她|[这那]个?[区县家所]?", match["it"])
    column = _noun_column(match["noun"] or match["after"], state, planner.model)
    rows = shown_rows(base, state, planner)
    if it and rows is not None and len(rows.values) == 1:
        other, way = rows, list[Edit]()
    elif it:
        held = [f for f in state.filters if f.op == "=" and column in (None, f.column)]
        if len(held) != 1 or state.dimensions:
            return None
        other, way = held[0], [DropFilter(last=(held[0],)), SetDimension(Dimension(held[0].column))]
    else:
        said = [v for v in rows.values if str(v).startswith(match["it"])] if rows else []
        if rows is None or len(said) != 1:
            return None
        other, way = Filter(rows.column, "=", (said[0],)), []
    return [*way, Rank(None), Keep(Threshold(">" if match["more"] in "高多大" else "<", 0.0, than=other))]


def _rows(turn: Earlier, state: State, planner: EmbeddedPlanner) -> Filter | None:
    """What a turn showed, in its order; two that were named stand in the order they were named in."""
    if len(state.dimensions) != 1:
        return None
    rows = shown_rows(turn, state, planner)
    told = next((f for f in state.filters if f.op == "in" and rows and f.column == rows.column), None)
    return told if rows and told and set(told.values) == set(rows.values) else rows


def _ones(state: State, base: Earlier, planner: EmbeddedPlanner) -> list[Filter]:
    """The single things spoken of: what one condition fixes, what the one row shown is."""
    found = [f for f in state.filters if f.op == "=" and len(f.values) == 1]
    rows = shown_rows(base, state, planner)
    return [*([rows] if rows and len(rows.values) == 1 else []), *found]


def _nouns(column: Col, model: SemanticModel) -> list[str]:
    """What a thing of this column is called, the longest first: 所在河流 is a 河流, a 河."""
    known = column_of(column, model)
    names = {dimension_label(Dimension(column), model), known.label, *known.synonyms}
    mine = concept(column, model)
    names |= {entity(mine[1:], model)} if mine.startswith("→") else set()
    names |= {n.removeprefix("所在") for n in names}
    names |= {c for n in names if len(n) <= 3 for c in (n[:1], n[-1:])}  # 这条河, 这个区
    return sorted((n for n in names if n), key=len, reverse=True)


def _noun_column(noun: str, state: State, model: SemanticModel) -> Col | None:
    columns = [*(f.column for f in state.filters), *(d.column for d in state.dimensions if d.column)]
    return next((c for c in columns if noun.strip("的") in _nouns(c, model)), None) if noun else None


def _without_noun(rest: str, one: Filter, model: SemanticModel) -> str:
    for noun in _nouns(one.column, model):
        if rest.startswith(noun):
            rest = rest[len(noun) :]
            break
    return rest.removeprefix("的")
