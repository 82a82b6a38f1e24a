"""When there is no answer: what was not understood, what comes nearest, what to try. Never a guess."""

from __future__ import annotations

from assistant.absent import number_that_is_not_here
from assistant.compose.sources import cards
from assistant.examples import example_questions
from assistant.outcome import Answer, Outcome, Refuse
from assistant.search_conditions import condition_chips
from assistant.services import Services
from assistant.turn import Turn


def nothing_found(turn: Turn, services: Services) -> Outcome:
    """`no_information` with the nearest datasets; `out_of_scope` when nothing here is near."""
    examples = example_questions(services, turn.scoped.model if turn.scoped else None)[:3]
    near = cards((turn.datasets.hits if turn.datasets else [])[:3], services.datasets) if _near(turn) else []
    if turn.route == "out_of_scope":
        return Refuse(
            reason="out_of_scope",
            route="out_of_scope",
            text="这个问题不在本系统的范围内。这里可以查政府数据、找数据集、查数据管理方面的政策条文，以及起草数据共享申请。",
            suggestions=examples,
        )
    unknown = _unknown(turn) if turn.route == "data" else []
    what = {"policy": "政策文件", "find_dataset": "数据目录", "share_request": "数据目录"}.get(
        turn.route, "可查询的数据"
    )
    text = f"在{what}中没有找到能回答这个问题的内容。"
    missing = number_that_is_not_here(turn.planning) if turn.route == "data" and turn.planning else ""
    if missing:
        text += f"数据里没有“{missing}”。"
    elif unknown:
        text += f"没有看懂的词：{'、'.join(f'“{w}”' for w in unknown)}。"
    if near:
        text += f"目录中比较接近的有：{'、'.join(f'“{c.title}”' for c in near)}。"
    text += "可以换一种说法" + (
        "，或说明年份、地区和要查的指标。" if turn.route == "data" else "，或写出文件、数据集的名称。"
    )
    limits = turn.datasets.conditions if turn.datasets and turn.route == "find_dataset" else []
    return Answer(
        text=text, status="no_information", datasets=near, state=condition_chips(limits), suggestions=examples
    )


def _near(turn: Turn) -> bool:
    return turn.datasets is not None and turn.datasets.confidence >= 0.25


def _unknown(turn: Turn) -> list[str]:
    if turn.planning is None:
        return []
    words = list(turn.planning.unknown)
    if turn.planning.candidates:
        words += turn.planning.candidates[0].reading.unused
    return [w for w in dict.fromkeys(words) if len(w.strip()) > 1][:5]
