"""The turn with a model: the same named steps as nodes of a LangGraph graph, and the model's own between them.

    understand ─ resolve ─ retrieve ─ route ─ plan ─ write ─ check ─ run ─ compare ─ compose ─ word
                                                       ↑________│______│   (refused: at most two more tries)

Any node may end the turn with an outcome. When the model fails, what the rules planned is run instead.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict

from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from assistant.events import StepEvent
from assistant.model.chat import ChatModel, ModelFailed
from assistant.model.deadline import Budget
from assistant.model.part import ModelPart
from assistant.model.tracing import switch_off_tracing
from assistant.outcome import Outcome
from assistant.services import Services
from assistant.turn import Step, Turn, finished, steps

MOST_NODES = 40  # more than any path through the graph has


class State(TypedDict):
    """What goes from node to node."""

    turn: Turn
    part: ModelPart
    outcome: Outcome | None


@dataclass(frozen=True)
class Context:
    """What the nodes work with and do not change."""

    services: Services


def run_graph(turn: Turn, services: Services, model: ChatModel) -> Iterator[StepEvent | Outcome]:
    """Run the turn; yields an event when each node begins and ends, and the outcome last."""
    part = ModelPart(model, turn, services)
    try:
        model.ready()
    except ModelFailed as error:
        part.give_up(str(error))
    part.budget = Budget(services.settings.model_timeout_s)
    begin: State = {"turn": turn, "part": part, "outcome": None}
    outcome: Outcome | None = None
    for mode, item in _graph().stream(
        begin, {"recursion_limit": MOST_NODES}, context=Context(services), stream_mode=["custom", "values"]
    ):
        if mode == "custom":
            yield item
        else:
            outcome = item["outcome"]
    if outcome is None:
        raise RuntimeError("the last step must end the turn")
    yield finished(outcome, turn, services)


def prepare_model(model: ChatModel) -> None:
    """Load what the first turn with the model would otherwise wait for. A model that cannot be loaded says so then."""
    with suppress(ModelFailed):
        model.ready()
    _graph()


@cache
def _graph() -> Any:
    """The compiled graph; it holds nothing of any turn."""
    switch_off_tracing()
    graph = StateGraph(State, context_schema=Context)
    named = {step.name: step for step in steps()}

    def node(name: str, title: str, run: Callable[[State, Services], Outcome | None]) -> None:
        graph.add_node(name, _reporting(name, title, run))

    def plain(name: str) -> None:
        node(name, named[name].title, _of(named[name].run))

    for name in ("understand", "retrieve", "route", "plan", "compose"):
        plain(name)
    node("resolve", "结合上文补全问题", lambda state, _: state["part"].resolve())
    node("write", "模型编写查询", lambda state, _: state["part"].write())
    node("check", named["check"].title, lambda state, services: state["part"].guarded(named["check"].run))
    node("run", named["run"].title, lambda state, services: state["part"].guarded(named["run"].run))
    node("compare", "与内置规则核对", lambda state, _: state["part"].compare())
    node("word", "模型整理文字", lambda state, _: state["part"].word(state["outcome"]))

    graph.add_edge(START, "understand")
    _branch(
        graph, "understand", lambda s: "resolve" if s["part"].wants_to_resolve else "retrieve", "resolve", "retrieve"
    )
    graph.add_edge("resolve", "retrieve")
    graph.add_edge("retrieve", "route")
    graph.add_edge("route", "plan")
    _branch(graph, "plan", lambda s: "write" if s["part"].wants_to_write else "check", "write", "check")
    graph.add_edge("write", "check")
    _branch(graph, "check", lambda s: "write" if s["part"].refused else "run", "write", "run")
    _branch(graph, "run", _after_run, "write", "compare", "compose")
    graph.add_edge("compare", "compose")
    graph.add_conditional_edges(
        "compose", lambda s: "word" if s["part"].wants_to_word(s["outcome"]) else END, ["word", END]
    )
    graph.add_edge("word", END)
    return graph.compile()


def _after_run(state: State) -> str:
    if state["part"].refused:
        return "write"
    return "compare" if state["part"].wrote else "compose"


def _branch(graph: Any, source: str, choose: Callable[[State], str], *targets: str) -> None:
    """An edge that ends the turn when there is an outcome, and is chosen otherwise."""
    graph.add_conditional_edges(source, lambda s: END if s["outcome"] is not None else choose(s), [*targets, END])


def _of(step: Step) -> Callable[[State, Services], Outcome | None]:
    return lambda state, services: step(state["turn"], services)


def _reporting(name: str, title: str, run: Callable[[State, Services], Outcome | None]) -> Any:
    """A node that tells when it begins and ends, and how long it took."""

    def node(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        tell, turn = get_stream_writer(), state["turn"]
        tell(StepEvent(name, title, "started"))
        started = time.perf_counter()
        turn.detail = ""
        outcome = run(state, runtime.context.services)
        elapsed = round((time.perf_counter() - started) * 1000, 2)
        turn.timings[name] = round(turn.timings.get(name, 0.0) + elapsed, 2)
        tell(StepEvent(name, title, "done", turn.detail, elapsed))
        return {"outcome": outcome}

    return node
