"""A follow-up that the rules did not resolve: the model may write it out, using nothing but words that were said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.model.chat import ChatModel, ModelFailed
from assistant.model.deadline import Budget
from assistant.model.reply import question_in
from assistant.outcome import Outcome
from prompts import load

LAST = 3  # earlier questions that the model is shown
LONGEST = 300
UNDERSTOOD = re.compile(r"^按上一个问题理解为：“(.+)”$")
_LEANS = re.compile(
    r"^(?:那么?|还有|然后|再|换|改|只|按|其中|同样|如果)|呢[？?]?$|它|他们|她们|这些|那些|这个|那个|其中|上面|上述|刚才|前面|同样|一样|也"
)
_SHORT = 12
# Characters that may be added between the words that were said.
_FUNCTION = set("的在是有了和与按把各每多少哪些个年月里中为什么怎样如何请问列出查询，、？。 ")


def may_lean(text: str, history: Sequence[Outcome]) -> bool:
    """Whether a question may leave out what an earlier one said."""
    return bool(history) and (len(text) <= _SHORT or bool(_LEANS.search(text)))


def resolve(text: str, history: Sequence[Outcome], model: ChatModel, budget: Budget) -> str:
    """The question written out, or `text` itself when it stands alone or the model's version brings in new words.

    ModelFailed when the model says nothing that can be read.
    """
    earlier = [_understood(outcome) for outcome in history[-LAST:]]
    found = question_in(model.reply(load("follow_up", earlier=earlier, question=text), budget.remaining_s))
    if not found:
        raise ModelFailed("模型没有给出完整的问题")
    found = re.sub(r"\s+", " ", found)
    said = set("".join(earlier) + text)
    if len(found) > LONGEST or not set(found) <= said | _FUNCTION:
        return text
    return found


def _understood(outcome: Outcome) -> str:
    """A question as it was understood, should it have been a follow-up itself."""
    for warning in outcome.warnings:
        if match := UNDERSTOOD.match(warning):
            return match[1]
    return outcome.question[:LONGEST]
