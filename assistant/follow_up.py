"""Follow-ups become questions that stand alone: 「那去年呢」「换成各区」「他们合计是多少」 change the state of the question before.

A fragment is read as edits of a typed state, and the changed state is written out as a question. What is written is
planned again and kept only as far as it is understood as it was meant. The result is an ordinary question: it passes
the same route, the same scope and the same gate as one that is typed in, so no fragment can reach further than its asker.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.conversation_state.chips import chips
from assistant.conversation_state.earlier import NOTE, Earlier, picked, turns
from assistant.conversation_state.edits import Edit, Rank, Total, applied
from assistant.conversation_state.fragment import Fragment, read_fragment
from assistant.conversation_state.rewriting import Rewriting, rewritten, state_in, with_unknown
from assistant.conversation_state.state import Filter, State, concept, state_of
from assistant.outcome import Answer, Clarify, Option
from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.plan import Col
from corpus.semantics import SemanticModel

if TYPE_CHECKING:
    from assistant.services import Services
    from assistant.turn import Turn

LONGEST = 18  # characters of a fragment; what is longer says what it wants
UNSURE = "“{}”可能没有完全理解对，请核对理解出来的问题，或写成完整的一句话"
_MOST_ROWS = 20  # 他们 means rows that were shown, as long as they can be named in a question
_OPENING = (
    r"那么?(?![里边个些儿])|那如果|那里的?|那边的?|我?(?:想|要)(?:看|知道|问|了解)的?是?|我要的?是?|如果|嗯|好的?|然后|接着|再看看?|再看一下|再来看看?|看看|看一下|换成|改成|改为|换为|换|"
    r"只看|只要|只留下?|只保留|只算|仅看|只统计|就看|光看|单看|单独看|先看|限于|限定在|看看?|改按(?=.)|也|"
    r"(?:具体|细分|细化|拆分?|展开|落实?)[到成](?![年季月天日])|其中的?|再(?![按加分往])"
)
_NEW_TOPIC = re.compile(
    r"^(?:(?:我们?|帮我|请)?(?:换个|换一个|另一?个|再问个|问个别的?|新的?)(?:话题|问题|事情?)|算了|不看这个了|先不管这个)(?:吧|了)?[，,：:。 ]+"
)
_COMMAND = (
    r"还有|再加|加上|再按|再分|去掉|取消|不要|不限|不分|不按|不含|不算|除了|排除|剔除|把.+(?:去|拿|排|剔|取)|"
    r"他们|它们|这些|[这那]?两[个者家].*比|[和跟与].+比|一个?[年季月天]一个?[年季月天]|放开|扩大|时间|不[只光]看|按.+[看分列排统]|分.+看|.+[分列排看比]一下$|.+也(?:给我|要|列|加|看|算)|逐|从.+到|前|后|倒数|垫底|最|合计|一共|加起来|平均|同比|环比|占比|各占|分别占"
)
_OPENED = re.compile(rf"^(?:{_OPENING})+")
_LED = re.compile(rf"^(?:{_OPENING}|{_COMMAND})")
_THESE = re.compile(r"^(?:他们|它们|她们|这些|那些)的?")
_TAIL = re.compile(r"(?:呢|怎么样|如何|吧|的话|呀|啊)+$")
_ASKS = re.compile(r"多少|几[个家所件条起座名位张人次]|哪|吗$|有没有|是不是|什么")
_OTHER = re.compile(r"怎么|如何|为什么|怎样|能不能|可以|应当|规定|申请|哪里|哪儿|谁")


def self_contained(text: str, turn: Turn, services: Services) -> tuple[str, str]:
    """The question with what it leaves out taken from an earlier one; and a note that says so, or an empty one."""
    earlier = turns(turn.history)
    if _NEW_TOPIC.match(text):
        return _NEW_TOPIC.sub("", text) or text, ""
    if not earlier or len(text) > 3 * LONGEST:
        return text, ""
    planner = services.planner_for(turn.principal).planner
    last = turn.history[-1]
    if isinstance(last, Clarify) and earlier[0].outcome is last:
        value = picked(text, last.options, planner)
        if value:
            return value, NOTE.format(value)
    resolved = _resolved(text, earlier, planner, services.semantics)
    if resolved is None or resolved.text in ("", text):
        return text, ""
    if not resolved.sure:
        turn.notes.append(UNSURE.format(text[:LONGEST]))
    return resolved.text, NOTE.format(resolved.text)


def state_chips(turn: Turn) -> list[Option]:
    """What a data turn was understood to ask, slot by slot; the value of a slot that can go asks the same without it."""
    if turn.chosen is None or turn.scoped is None:
        return []
    state = state_of(turn.chosen.reading.query, turn.scoped.model)
    return chips(state, turn.scoped.model) if state else []


def _resolved(text: str, earlier: list[Earlier], planner: EmbeddedPlanner, full: SemanticModel) -> Rewriting | None:
    """The whole question that a fragment stands for; None when it stands for itself."""
    bare = text.strip("，, 。？?！!")
    core = _TAIL.sub("", _OPENED.sub("", bare)).strip("，, ") or bare
    led = bool(_LED.match(bare) or _TAIL.search(bare)) or bare.endswith("的")
    if len(core) > LONGEST:
        return None
    base = earlier[0]
    if base.ended == "forbidden":
        answered = next((e for e in earlier if e.ended == "answered"), None)
        if answered is None or not _speaks_of(core, answered, planner):
            return _beside(base.question, core) if led else None
        base = answered
    state = state_in(base.question, planner)
    if state is None:
        return _beside(base.question, core) if led and len(core) <= LONGEST // 2 else None
    fragment = read_fragment(core, state, planner, _before(earlier, base, planner))
    if _stands_alone(core, fragment, led) or (_OTHER.search(core) and not led and not _orders(fragment)):
        return None
    if fragment.unread and (re.search(r"[，,]", core) or len(core) > LONGEST // 2):
        return None  # too much of its own to be put in the place of one word
    if fragment.unread:
        return Rewriting(with_unknown(_THESE.sub("", core), state, base.question, planner, full), True)
    edits = [_among(e, fragment, base, state, planner) for e in fragment.edits]
    wanted = applied(state, edits, planner.model, planner.schema.graph)
    return None if wanted == state else rewritten(wanted, state, edits, base.question, planner)


def _stands_alone(core: str, fragment: Fragment, led: bool) -> bool:
    """Whether the words say all they want by themselves."""
    if not fragment.edits and not fragment.unread:
        return True
    if fragment.these:
        return False
    if fragment.subject:
        return not led or (bool(_ASKS.search(core)) and len(core) > LONGEST // 2)
    return bool(fragment.unread) and not led


def _orders(fragment: Fragment) -> bool:
    """Whether the fragment asks who comes first or last: 谁最多."""
    return any(isinstance(e, Rank) for e in fragment.edits)


def _before(earlier: list[Earlier], base: Earlier, planner: EmbeddedPlanner) -> State | None:
    """The state one turn earlier: it tells what 这个条件 and 两个 mean."""
    rest = earlier[earlier.index(base) + 1 :]
    return state_in(rest[0].question, planner) if rest else None


def _speaks_of(core: str, answered: Earlier, planner: EmbeddedPlanner) -> bool:
    """Whether, after a refusal, a fragment is about something that may be seen and not about what was refused."""
    state = state_in(answered.question, planner)
    if state is None:
        return False
    fragment = read_fragment(core, state, planner)
    return bool(fragment.edits) and not fragment.unread


def _beside(question: str, core: str) -> Rewriting:
    """Both as they were said, where no state tells how they go together."""
    return Rewriting(f"{question.rstrip('？?。！!')}，{core}", False)


def _among(edit: Edit, fragment: Fragment, base: Earlier, state: State, planner: EmbeddedPlanner) -> Edit:
    """他们合计: of the rows that the last answer showed, which are named."""
    if not isinstance(edit, Total) or not (fragment.these or state.ranking or state.threshold):
        return edit
    column = next((d.column for d in state.dimensions if d.column is not None), None)
    table = base.outcome.table if isinstance(base.outcome, Answer) else None
    if column is None or table is None or not 0 < len(table.rows) <= _MOST_ROWS:
        return edit
    mine = concept(column, planner.model)
    headings = {
        c.label for t in planner.model.tables for c in t.columns if concept(Col(t.name, c.name), planner.model) == mine
    }
    at = next((i for i, c in enumerate(table.columns) if c.name in headings), None)
    if at is None:
        return edit
    codes = planner.model.table(column.table).column(column.name).codes
    stored = {meaning: value for value, meaning in codes.items()}
    values = tuple(stored.get(str(r[at]), str(r[at])) for r in table.rows if r[at] is not None)
    return Total(Filter(column, "in" if len(values) > 1 else "=", values)) if values else edit


__all__ = ["self_contained", "state_chips"]
