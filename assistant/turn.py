"""One turn. The product in a list: each step takes the turn and either carries it on or ends it with an outcome."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from assistant.events import StepEvent
from assistant.outcome import Answer, Clarify, Draft, Outcome, Refuse, Route
from assistant.planning.embedded import Candidate, Planning
from assistant.services import ScopedPlanner, Services
from corpus.catalog import Dataset
from retrieval.index import ArticleSearch, DatasetSearch
from tools.principal import Principal
from tools.query.result import QueryResult


@dataclass
class Turn:
    """The state of one turn, filled in step by step."""

    id: str
    question: str
    principal: Principal
    conversation: str
    history: list[Outcome] = field(default_factory=list)
    requests: bool = False  # it begins a share request, or speaks of the one being written
    goes_on: bool = False  # it speaks of the share request that the conversation is writing
    replay: bool = False  # an old question asked again to compare: nothing is filed
    text: str = ""  # normalised and self-contained
    taken_off: frozenset[str] = frozenset()  # fields that a dataset search no longer limits, though its words do
    route: Route = "data"
    scoped: ScopedPlanner | None = None
    planning: Planning | None = None
    given: Candidate | None = None  # the reading of a follow-up, where no wording of it is understood
    withheld: tuple[list[Dataset], list[str]] = ([], [])  # asked for and not to be seen: entries, labels of tables
    datasets: DatasetSearch | None = None
    articles: ArticleSearch | None = None
    chosen: Candidate | None = None
    sql: str = ""
    label: str = "rules"  # verified, rules or model
    planner: str = "embedded"
    result: QueryResult | None = None
    explanation: str = ""  # how the question was understood, where no plan of the rules says it
    notes: list[str] = field(default_factory=list)  # warnings for the asker
    detail: str = ""  # what the step that just ran has to report
    timings: dict[str, float] = field(default_factory=dict)


Step = Callable[[Turn, Services], Outcome | None]


@dataclass(frozen=True)
class NamedStep:
    name: str
    title: str  # shown to people while it runs
    run: Step


def steps() -> tuple[NamedStep, ...]:
    """The turn's steps in order."""
    from assistant.steps.check import check
    from assistant.steps.compose import compose
    from assistant.steps.plan import plan
    from assistant.steps.retrieve import retrieve
    from assistant.steps.route import route
    from assistant.steps.run import run
    from assistant.steps.understand import understand

    return (
        NamedStep("understand", "理解问题", understand),
        NamedStep("retrieve", "检索目录和政策", retrieve),
        NamedStep("route", "判断问题类型", route),
        NamedStep("plan", "生成查询计划", plan),
        NamedStep("check", "安全检查", check),
        NamedStep("run", "执行查询", run),
        NamedStep("compose", "整理回答", compose),
    )


def run_turn(turn: Turn, services: Services) -> Iterator[StepEvent | Outcome]:
    """Run the steps; yields an event when each begins and ends, and the outcome last."""
    if services.model is not None:
        from assistant.graph import run_graph

        yield from run_graph(turn, services, services.model)
        return
    for step in steps():
        yield StepEvent(step.name, step.title, "started")
        started = time.perf_counter()
        turn.detail = ""
        outcome = step.run(turn, services)
        elapsed = round((time.perf_counter() - started) * 1000, 2)
        turn.timings[step.name] = elapsed
        yield StepEvent(step.name, step.title, "done", turn.detail, elapsed)
        if outcome is not None:
            yield finished(outcome, turn, services)
            return
    raise RuntimeError("the last step must end the turn")


def finished(outcome: Outcome, turn: Turn, services: Services) -> Outcome:
    """The outcome with what every outcome carries: who asked what, where, how long it took, over which data."""
    versions = {
        "data": services.data_version,
        "catalog": services.index.manifest.get("store", ""),
        "index": services.index.version,
    }
    update = {
        "id": turn.id,
        "question": turn.question,
        "principal": turn.principal.id,
        "conversation": turn.conversation,
        "route": outcome.route
        if isinstance(outcome, Refuse | Draft | Clarify) and outcome.route != "data"
        else turn.route,
        "planner": turn.planner,
        "timings_ms": turn.timings,
        "versions": {k: str(v) for k, v in versions.items()},
        "warnings": list(dict.fromkeys(_ended(w) for w in (*turn.notes, *outcome.warnings))),
        "citations": [c.sealed() for c in outcome.citations],
    }
    sealed: Answer | Clarify | Refuse | Draft = outcome.model_copy(update=update)
    return sealed


def _ended(sentence: str) -> str:
    """A sentence with its full stop."""
    return sentence if sentence.endswith(("。", "！", "？", "”", "：")) else sentence + "。"
