"""Follow-ups become questions that stand alone: 「那去年呢」「换成各区」「他们合计是多少」 change the state of the question before.

A fragment is read as edits of a typed state, and the changed state is written out as a question. What is written is
planned again; where no wording is understood as it was meant, the plan is built from the state itself. Either passes the
same scope and the same gate as a question that is typed in, so no fragment can reach further than its asker. Words that
speak of what was asked before and that nothing explains are asked back about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.conversation_state.applying import applied, places
from assistant.conversation_state.asking import ask_back, no_such_place, nothing_to_change
from assistant.conversation_state.building import built
from assistant.conversation_state.chips import chips
from assistant.conversation_state.demanded import demands, undone
from assistant.conversation_state.doubts import UNSURE, carried, passed_over
from assistant.conversation_state.earlier import NOTE, Earlier, picked, turns
from assistant.conversation_state.edits import Edit, Rank, SetFilter, SetSubject
from assistant.conversation_state.fragment import Fragment, read_fragment
from assistant.conversation_state.labels import value_words
from assistant.conversation_state.past import state_at, step_back
from assistant.conversation_state.pointing import beside, named, pointed
from assistant.conversation_state.referring import of_them
from assistant.conversation_state.rewriting import Rewriting, rewritten, with_unknown
from assistant.conversation_state.speech import (
    corrected,
    is_deictic,
    is_from_the_start,
    is_led,
    is_small_talk,
    is_undo,
    opened,
    without_count,
    without_tail,
)
from assistant.conversation_state.state import State, concept, state_of
from assistant.outcome import Answer, Clarify, Option
from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.linking.names import Candidate, Names
from assistant.strength import plan_strength
from corpus.semantics import Role, SemanticModel

if TYPE_CHECKING:
    from assistant.services import Services
    from assistant.turn import Turn

LONGEST = 18  # characters of a fragment; what is longer says what it wants
SHORT = 6
NAMED = 0.9  # a name that means a thing, not a part of a longer name
STRONG = 0.75  # from this on, a question by itself explains all it says
_NEW_TOPIC = re.compile(
    r"^(?:(?:我们?|帮我|请)?(?:换个|换一个|另一?个|再问个|问个别的?|新的?)(?:话题|问题|事情?)|算了|不看这个了|先不管这个|"
    r"重新来|重来|重新问|从头来|(?:这个|.{1,4}的?)?就?不问了)(?:吧|了)?[，,：:。 ]+"
)
_THESE = re.compile(r"^(?:他们|它们|她们|这些|那些)的?")
_ASKS = re.compile(r"多少|几[个家所件条起座名位张人次户]|哪|吗$|有没有|是不是|什么")
_OTHER = re.compile(r"怎么|如何|为什么|怎样|能不能|可以|应当|规定|申请|哪里|哪儿|谁|下载|政策|条例|依据")
_ALL = re.compile(r"全市|全国|全省|本市")
_A_PLACE = re.compile(
    r"(?!.*[各每全这那哪几年月到把在除按分和跟与同其别不只看])[\u4e00-\u9fff]{2,5}(?:区|县|市|镇|街道)"
)
_PLACE = re.compile(r"[\u4e00-\u9fff](?:区|县|市|镇|乡|街道|省)(?:的|呢)?$")


def self_contained(text: str, turn: Turn, services: Services) -> tuple[str, str] | Answer | Clarify:
    """The question with what it leaves out taken from an earlier one, and a note that says so or an empty one.

    A question back, or that there is no such place, where it leans on an earlier one and cannot be understood.
    Sets `turn.given` where no wording says it.
    """
    earlier = turns(turn.history, is_from_the_start(text))
    if _NEW_TOPIC.match(text):
        return _NEW_TOPIC.sub("", text) or text, ""
    if not turn.history or len(text) > 3 * LONGEST:
        return text, ""
    planner = services.planner_for(turn.principal).planner
    if not earlier:
        return nothing_to_change(text) if _hangs(text, planner) else (text, "")
    last = turn.history[-1]
    if isinstance(last, Clarify) and earlier[0].outcome is last:
        value = picked(text, last.options, planner)
        if value:
            return value, NOTE.format(value)
    resolved = _resolved(text, earlier, planner, services.semantics)
    if resolved is None and earlier[0].outcome is last and _hangs(text, planner):
        return ask_back(text, earlier[0].question, _state(earlier, planner), planner.model)
    if isinstance(resolved, Answer | Clarify):
        return resolved
    if resolved is None or resolved.text == "" or (resolved.text == text and resolved.given is None):
        return text, ""
    if not resolved.sure:
        turn.notes.append(UNSURE.format(text[:LONGEST]))
    if resolved.base is not None:
        at = next((i for i, o in enumerate(turn.history) if o is resolved.base.outcome), len(turn.history))
        turn.notes += [d for d in (carried(resolved.base.outcome), passed_over(turn.history[at + 1 :])) if d]
    turn.given = resolved.given
    return resolved.text, NOTE.format(resolved.text)


def state_chips(turn: Turn) -> list[Option]:
    """What a data turn was understood to ask, slot by slot; the value of a slot that can go asks the same without it."""
    if turn.chosen is None or turn.scoped is None:
        return []
    state = state_of(turn.chosen.reading.query, turn.scoped.model)
    return chips(state, turn.scoped.model) if state else []


def _hangs(text: str, planner: EmbeddedPlanner) -> bool:
    """Whether a few words that mean nothing by themselves ask for something to be done: 人均多少, 占全市的多少."""
    core = text.strip("，, 。？?！!")
    if len(core) > LONGEST // 2 or _OTHER.search(core) or is_small_talk(core) or not demands(core):
        return False
    return plan_strength(planner.plan(core)) < STRONG


def _resolved(
    text: str, earlier: Sequence[Earlier], planner: EmbeddedPlanner, full: SemanticModel
) -> Rewriting | Answer | Clarify | None:
    """The whole question that a fragment stands for; a question back; None when it stands for itself."""
    bare = text.strip("，, 。？?！!")
    if is_small_talk(bare):
        return None
    if is_undo(bare):
        return _back(bare, earlier, planner)
    core = without_tail(opened(corrected(bare))) or bare
    led = is_led(bare)
    if len(core) > LONGEST:
        return None
    base, at = earlier[0], 0
    if base.ended == "forbidden":
        at = next((i for i, e in enumerate(earlier) if e.ended == "answered"), -1)
        if at < 0 or not _speaks_of(core, earlier[at:], planner):
            return _beside(base.question, core) if led else None
        base = earlier[at]
    state = _state(earlier[at:], planner)
    if state is None:
        return _beside(base.question, core) if led and len(core) <= LONGEST // 2 else None
    if place := unknown_place(core, planner):
        return no_such_place(place, planner)
    told = named(bare, state, base, planner)
    if told != bare:
        core = without_tail(opened(corrected(told))) or told
    fragment = _read(core, state, earlier[at:], planner)
    if _OTHER.search(core) and not _orders(fragment) and not (led and fragment.edits and not fragment.unread):
        return None
    if not fragment.edits and not fragment.unread and not fragment.these:
        leans = (led or is_deictic(bare)) and len(core) <= LONGEST // 2 and not fragment.noun
        return ask_back(bare, base.question, state, planner.model) if leans else None
    if _stands_alone(core, fragment, led, state, planner):
        if told != bare:
            return Rewriting(told, True, None, base)
        return _in_the_place(core, fragment, state, base, planner)
    if fragment.unread:
        return _with_unread(core, bare, fragment, led, state, base, planner, full)
    edits = of_them(list(fragment.edits), fragment.these, base, state, planner)
    return _changed(state, edits, base, fragment, bare, planner)


def _changed(
    state: State, edits: list[Edit], base: Earlier, fragment: Fragment, said: str, planner: EmbeddedPlanner
) -> Rewriting | Clarify | None:
    wanted = applied(state, edits, planner.model, planner.schema.graph)
    if wanted == state:
        nothing = fragment.these and not edits
        if nothing or undone(said, edits, fragment.these, wanted, planner.model):
            return ask_back(said, base.question, state, planner.model)
        same = not (fragment.subject or fragment.noun)
        return Rewriting(base.question, True, built(state, planner), base) if same and edits and state.whole else None
    if undone(said, edits, fragment.these, wanted, planner.model):
        return ask_back(said, base.question, state, planner.model)
    found = replace(rewritten(wanted, state, edits, base.question, planner), base=base)
    return found if found.text else ask_back(said, base.question, state, planner.model)


def _with_unread(
    core: str,
    said: str,
    fragment: Fragment,
    led: bool,
    state: State,
    base: Earlier,
    planner: EmbeddedPlanner,
    full: SemanticModel,
) -> Rewriting | Clarify | None:
    """A fragment with words that nothing explains: they are named elsewhere, or few, or asked back about."""
    known = Names(full)
    core = without_count(core)[0] or core
    words = [core, *fragment.unread]
    elsewhere = [w for w in words if known.find(w) or known.find(re.sub(r"(?:数量|人数|数|名单)$", "", w))]
    if elsewhere or _PLACE.search(core) or any(_PLACE.search(w) for w in fragment.unread):
        if len(core) > LONGEST // 2 and not led:
            return None
        return Rewriting(with_unknown(_THESE.sub("", core), state, base.question, planner, full), True)
    lost = sum(map(len, fragment.unread))
    if fragment.edits and 3 * lost <= len(core):
        edits = of_them(list(fragment.edits), fragment.these, base, state, planner)
        found = _changed(state, edits, base, fragment, said, planner)
        return replace(found, sure=False) if isinstance(found, Rewriting) else found
    if led or fragment.these or fragment.edits or (is_deictic(said) and len(core) <= LONGEST // 2):
        return ask_back(said, base.question, state, planner.model)
    return None


def _back(said: str, earlier: Sequence[Earlier], planner: EmbeddedPlanner) -> Rewriting | Clarify:
    """The question before the last one."""
    at = step_back(earlier, said)
    if at is None:
        return ask_back(said, earlier[0].question, _state(earlier, planner), planner.model)
    state = _state(earlier[at:], planner)
    given = built(state, planner) if state is not None and state.whole else None
    return Rewriting(earlier[at].question, True, given, earlier[at])


def _state(earlier: Sequence[Earlier], planner: EmbeddedPlanner) -> State | None:
    """The state that the newest of these turns left."""

    def replay(text: str, before: Sequence[Earlier]) -> State | None:
        bare = text.strip("，, 。？?！!")
        if is_undo(bare):
            at = step_back(before, bare)
            return None if at is None else _state(before[at:], planner)
        old = _state(before, planner)
        if old is None:
            return None
        fragment = _read(without_tail(opened(corrected(bare))) or bare, old, before, planner)
        edits = of_them(list(fragment.edits), fragment.these, before[0], old, planner)
        return applied(old, edits, planner.model, planner.schema.graph)

    return state_at(earlier, planner, replay) if earlier else None


def _read(core: str, state: State, earlier: Sequence[Earlier], planner: EmbeddedPlanner) -> Fragment:
    """A fragment, with what it points at found first: a row by its place, one beside another, 这条河."""
    if edits := beside(core, state, earlier[0], planner):
        return Fragment(tuple(edits), these=True)
    before = _before(earlier, planner)
    point = pointed(core, earlier, lambda turns: _state(turns, planner), planner)
    if point is None:
        return read_fragment(named(core, state, earlier[0], planner), state, planner, before)
    rest = read_fragment(point.text, state, planner, before) if point.text else Fragment(())
    return replace(rest, edits=(*point.edits, *rest.edits), these=True)


def _before(earlier: Sequence[Earlier], planner: EmbeddedPlanner) -> State | None:
    """The state one turn earlier: it tells what 这个条件 and 两个 mean."""
    return _state(earlier[1:], planner) if len(earlier) > 1 else None


def _stands_alone(core: str, fragment: Fragment, led: bool, state: State, planner: EmbeddedPlanner) -> bool:
    """Whether the words say all they want by themselves: what, and of which time or place."""
    if fragment.these or fragment.ordered:
        return False
    about = fragment.subject or fragment.elsewhere or fragment.noun
    asks = bool(_ASKS.search(core))
    if led:
        return about and asks and len(core) > LONGEST // 2
    if fragment.unread and asks and (fragment.timed or len(core) > LONGEST // 2):
        return True
    own = fragment.subject and not fragment.elsewhere and not any(isinstance(e, SetSubject) for e in fragment.edits)
    if len(core) > SHORT and not own and _about_another(core, state, planner):
        return not _place_goes_on(core, fragment, state, planner)
    if not about:
        leans = is_deictic(core) and len(core) <= LONGEST // 2
        return bool(fragment.unread) and not fragment.edits and not leans
    if fragment.timed or _ALL.search(core):
        return True
    if fragment.elsewhere:
        return len(core) > SHORT and not _place_goes_on(core, fragment, state, planner)
    return (fragment.noun and asks and len(core) > SHORT) or len(core) > LONGEST - SHORT


def _about_another(core: str, state: State, planner: EmbeddedPlanner) -> bool:
    """Whether the words by themselves ask a whole question of another table."""
    planning = planner.plan(core)
    if not planning.candidates or plan_strength(planning) < STRONG:
        return False
    best = planning.candidates[0]
    graph = planner.schema.graph
    named = any(
        c.table == best.root and c.score >= NAMED and _is_subject(c, planner.model)
        for i, m in enumerate(planning.mentions)
        for c in m.candidates
        if m.text[:1] not in "各每" and not (i and planning.mentions[i - 1].kind in ("each", "by"))
    )
    return (
        named
        and best.root != state.table
        and not (graph.safe(state.table, best.root) or graph.safe(best.root, state.table))
    )


def _is_subject(candidate: Candidate, model: SemanticModel) -> bool:
    """Whether a name is of what can be asked about: things, or numbers."""
    if candidate.kind != "column":
        return candidate.kind in ("table", "metric")
    return model.table(candidate.table).column(candidate.column).role == Role.MEASURE


def _place_goes_on(core: str, fragment: Fragment, state: State, planner: EmbeddedPlanner) -> bool:
    """Whether one place is spoken of, and a short question of other things there names none of its own."""
    known = places(planner.model)
    if any(isinstance(e, SetFilter) and concept(e.filter.column, planner.model) in known for e in fragment.edits):
        return False
    here = [f for f in state.filters if concept(f.column, planner.model) in known and f.op == "="]
    return bool(here) and len(core) <= LONGEST - SHORT and not _ALL.search(core) and "一共" not in core


def _in_the_place(
    core: str, fragment: Fragment, state: State, base: Earlier, planner: EmbeddedPlanner
) -> Rewriting | None:
    """A short question in words of another table, asked of the one place that is spoken of."""
    if fragment.subject or fragment.elsewhere or fragment.noun or not fragment.unread:
        return None
    if not _place_goes_on(core, fragment, state, planner):
        return None
    known = places(planner.model)
    one = next(f for f in state.filters if concept(f.column, planner.model) in known and f.op == "=")
    text = value_words(one, one.values[0], planner.model) + core
    return Rewriting(text, True, None, base) if plan_strength(planner.plan(text)) >= STRONG else None


def unknown_place(core: str, planner: EmbeddedPlanner) -> str:
    """The place that a fragment names and the data do not know: 高新区, of 高新区有几所; empty for none."""
    name = (without_count(core)[0] or core).removesuffix("的")
    if not _A_PLACE.fullmatch(name) or planner.schema.values.find(name) or planner.names.find(name):
        return ""
    tails = (name[i:] for i in range(1, len(name) - 1))  # 再加上青屏区 ends in a place that is known
    return "" if any(h.score == 1 for t in tails for h in planner.schema.values.find(t)) else name


def _orders(fragment: Fragment) -> bool:
    """Whether the fragment asks who comes first or last: 谁最多."""
    return any(isinstance(e, Rank) for e in fragment.edits)


def _speaks_of(core: str, answered: Sequence[Earlier], planner: EmbeddedPlanner) -> bool:
    """Whether, after a refusal, a fragment is about something that may be seen and not about what was refused."""
    state = _state(answered, planner)
    if state is None:
        return False
    fragment = read_fragment(core, state, planner)
    return bool(fragment.edits) and not fragment.unread


def _beside(question: str, core: str) -> Rewriting:
    """Both as they were said, where no state tells how they go together."""
    return Rewriting(f"{question.rstrip('？?。！!')}，{core}", False)


__all__ = ["self_contained", "state_chips"]
