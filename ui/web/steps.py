"""Step events → a tree of steps with durations, shown while the turn runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.events import StepEvent
from ui.web.format import milliseconds
from ui.web.markup import Markup, h


@dataclass
class Step:
    """One step; a step that began while another was still open is its child."""

    name: str
    title: str
    done: bool = False
    detail: str = ""
    elapsed_ms: float = 0.0
    facts: dict[str, str] = field(default_factory=dict)
    children: list[Step] = field(default_factory=list)


def step_tree(events: Iterable[StepEvent]) -> list[Step]:
    """The steps in order. An end without a beginning counts as both."""
    roots: list[Step] = []
    opened: list[Step] = []
    for event in events:
        if event.status == "started":
            step = Step(event.step, event.title, detail=event.detail, facts=dict(event.facts))
            (opened[-1].children if opened else roots).append(step)
            opened.append(step)
            continue
        found = next((s for s in reversed(opened) if s.name == event.step), None)
        if found is None:
            found = Step(event.step, event.title)
            (opened[-1].children if opened else roots).append(found)
        else:
            opened = opened[: opened.index(found)]
        found.done, found.elapsed_ms = True, event.elapsed_ms
        found.title = event.title or found.title
        found.detail = event.detail or found.detail
        found.facts |= event.facts
    return roots


def steps_html(steps: list[Step], *, running: bool) -> Markup | None:
    """All steps in one fold: open while they run, closed afterwards."""
    if not steps:
        return None
    total = sum(step.elapsed_ms for step in steps)
    current = next((s.title for s in reversed(steps) if not s.done), "")
    summary = f"正在{current}…" if running and current else f"{len(steps)} 个步骤 · {milliseconds(total)}"
    return h(
        "details",
        h("summary", h("i", class_="spinner") if running else None, summary),
        h("ol", [_step_html(step) for step in steps]),
        class_="steps",
        open=running,
    )


def _step_html(step: Step) -> Markup:
    head = [
        h(
            "i",
            class_=f"state {'done' if step.done else 'running'}",
            aria_label="完成" if step.done else "进行中",
            role="img",
        ),
        h("span", step.title or step.name, class_="step-title"),
        h("span", step.detail, class_="step-detail") if step.detail else None,
        h("span", milliseconds(step.elapsed_ms), class_="duration") if step.done else None,
    ]
    if not (step.facts or step.children):
        return h("li", h("div", head, class_="step-head"))
    facts = [h("div", h("dt", name), h("dd", value)) for name, value in step.facts.items()]
    return h(
        "li",
        h(
            "details",
            h("summary", head, class_="step-head"),
            h("dl", facts, class_="facts") if facts else None,
            h("ol", [_step_html(child) for child in step.children]) if step.children else None,
            open=bool(step.children),
        ),
    )
