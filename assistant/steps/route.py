"""Step 3: what kind of question it is. Cues in the wording first, then what retrieval and the planner can do with it."""

from __future__ import annotations

from dataclasses import replace

from assistant.outcome import Outcome, Route
from assistant.planning.embedded import Planning
from assistant.services import Services
from assistant.steps import cues
from assistant.strength import plan_strength
from assistant.turn import Turn
from assistant.withheld import withheld

SAME = 0.25  # the score of an entry that has something in common with a question

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
    text = turn.text
    if cues.ABOUT.search(text):
        return "about"
    if requests(text):
        return "share_request"
    strength = plan_strength(planning)
    policy = turn.articles.confidence if turn.articles and turn.articles.hits else 0.0
    datasets = turn.datasets.confidence if turn.datasets and turn.datasets.hits else 0.0
    if turn.datasets and turn.datasets.hits and turn.datasets.hits[0].score < SAME:
        datasets = min(datasets, 0.4)  # the best of entries that have next to nothing in common with the question
    quantity, statistic = bool(cues.QUANTITY.search(text)), bool(cues.STATISTIC.search(text))
    finds, rules = bool(cues.FIND.search(text)), bool(cues.RULES.search(text))
    nouns = bool(cues.RULE_NOUNS.search(text))
    asks_where = bool(cues.ASKS_WHERE.match(text))
    only_rules = policy >= 0.9 and datasets < 0.5  # 「获取…公共数据」 in a question on the rules of getting it
    if finds and not only_rules and not (quantity and strength >= (0.7 if statistic else 0.8) and not asks_where):
        return "find_dataset"
    if (
        rules
        and (policy >= 0.35 or (strength < 0.75 and policy >= 0.2))
        and not (statistic and strength >= 0.9 and not cues.LEGAL.search(text))
    ):
        return "policy"
    if nouns and policy >= 0.5 and not (statistic and strength >= 0.6):
        return "policy"
    if policy >= 0.8 and strength < 0.8 and not statistic and policy >= datasets:
        return "policy"
    if strength >= 0.6 and (quantity or strength >= 0.85):
        return "data"
    if datasets >= 0.5 and not quantity and (datasets >= policy and not rules):
        return "find_dataset"
    if policy >= (0.5 if nouns else 0.75) and policy > datasets and not (statistic and strength >= 0.35 and not rules):
        return "policy"
    if strength >= 0.45 and (quantity or datasets < 0.5):
        return "data"
    if datasets >= 0.5:
        return "data" if quantity and strength > 0 else "find_dataset"
    return "policy" if policy >= (0.75 if datasets else 0.5) else "out_of_scope"


def asks_for_figures(text: str) -> bool:
    """Whether the wording asks for a number: such a question is worth a model's reading when the rules have none."""
    return bool(cues.QUANTITY.search(text))


__all__ = ["asks_for_contents", "asks_for_figures", "choose", "plan_strength", "route"]
