"""Step 3: what kind of question it is. Cues in the wording first, then what retrieval and the planner can do with it."""

from __future__ import annotations

from dataclasses import replace

from assistant.outcome import Outcome, Route
from assistant.planning.embedded import Planning
from assistant.services import Services
from assistant.steps import cues
from assistant.steps.evidence import Evidence, gather, names_nothing
from assistant.strength import plan_strength
from assistant.turn import Turn
from assistant.withheld import withheld

TITLES: dict[str, str] = {  # by Route
    "data": "查数据",
    "find_dataset": "找数据集",
    "policy": "问政策",
    "share_request": "共享申请",
    "about": "关于本系统",
    "out_of_scope": "超出范围",
}


def route(turn: Turn, services: Services) -> Outcome | None:
    """Set the route. Nothing is refused here: a question for no route is `out_of_scope` and answered as such.

    「不让看」 is not 「没有」: what is held and may not be seen is noted, and the next step says which dataset it is.
    """
    if turn.requests:
        turn.route, turn.detail = "share_request", TITLES["share_request"]
        return None
    turn.scoped = services.planner_for(turn.principal)
    turn.planning = turn.scoped.planner.plan(turn.text)
    if turn.given is not None:
        turn.planning = replace(turn.planning, candidates=(turn.given,))
        turn.route = "data"
    elif turn.taken_off:
        turn.route = "find_dataset"
    elif asks_for_contents(turn.text):
        turn.withheld = withheld(turn, services)
        turn.route = "data" if any(turn.withheld) else choose(turn, turn.planning)
    else:
        turn.route = choose(turn, turn.planning)
    strength = plan_strength(turn.planning)
    turn.detail = TITLES[turn.route] + ("，所问数据当前身份不能查看" if any(turn.withheld) else "")
    if turn.route == "data" and not any(turn.withheld):
        turn.detail += f"，问题中{strength:.0%}的内容有数据可对应"
    return None


def asks_for_contents(text: str) -> bool:
    """Whether the wording asks for what is in the data, and not where data are, what rules say or for a request."""
    if cues.ABOUT.search(text) or requests(text):
        return False
    return not (cues.FIND.search(text) or cues.RULES.search(text))


def requests(text: str) -> bool:
    """Whether the wording wants data to be applied for; a question about the rules of applying does not."""
    if not cues.REQUEST.search(text):
        return False
    if "申请" not in text and cues.FIND.search(text):
        return False
    return not cues.ASKS.search(text) or bool(cues.ORDERED.search(text) and "申请" in text)


def choose(turn: Turn, planning: Planning) -> Route:
    """The route of a question, from its wording and from what was found for it."""
    if cues.ABOUT.search(turn.text):
        return "about"
    if requests(turn.text):
        return "share_request"
    return "data" if names_nothing(planning) else best_route(gather(turn, planning))


def best_route(e: Evidence) -> Route:
    """The route that the evidence speaks for."""
    if e.dataset and not e.rules and e.strength < 0.95:  # a listing of the catalogue answers what it explains whole
        return "find_dataset"
    only_rules = e.policy >= 0.9 and e.datasets < 0.5  # 「获取…公共数据」 in a question on the rules of getting it
    if e.finds and not only_rules and not (e.quantity and e.strength >= (0.7 if e.statistic else 0.8) and not e.where):
        return "find_dataset"
    if (
        e.rules
        and (e.policy >= 0.35 or (e.strength < 0.75 and e.policy >= 0.2))
        and not (e.statistic and e.strength >= 0.9 and not e.legal)
    ):
        return "policy"
    if e.nouns and e.policy >= 0.5 and not (e.statistic and e.strength >= 0.6):
        return "policy"
    if e.policy >= 0.8 and e.strength < 0.8 and not e.statistic and e.policy >= e.datasets:
        return "policy"
    if e.strength >= 0.6 and (e.quantity or e.strength >= 0.85):
        return "data"
    if e.datasets >= 0.5 and not e.quantity and (e.datasets >= e.policy and not e.rules):
        return "find_dataset"
    if (
        e.policy >= (0.5 if e.nouns else 0.75)
        and e.policy > e.datasets
        and not (e.statistic and e.strength >= 0.35 and not e.rules)
    ):
        return "policy"
    if e.strength >= 0.45 and (e.quantity or e.datasets < 0.5):
        return "data"
    if e.datasets >= 0.5:
        return "data" if e.quantity and e.touched else "find_dataset"
    return "policy" if e.policy >= (0.75 if e.datasets else 0.5) else "out_of_scope"


def asks_for_figures(text: str) -> bool:
    """Whether the wording asks for a number: such a question is worth a model's reading when the rules have none."""
    return bool(cues.QUANTITY.search(text))


__all__ = ["asks_for_contents", "asks_for_figures", "best_route", "choose", "plan_strength", "route"]
