"""Deadlines of share requests against days that were counted by hand over real holiday calendars. Needs no workspace."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from corpus.catalog import SharingClass
from evals.demo import CASES
from tools.requests.deadlines import deadline
from tools.requests.model import CatalogueEntry, Event, ShareRequest
from tools.requests.rules import RuleBook, shipped_rules
from tools.requests.states import Action, State
from tools.requests.workdays import Workdays

SUITE = CASES / "deadlines.yaml"


@dataclass(frozen=True)
class DeadlineCase:
    """What happened on which day, and the day on which the limit ends."""

    id: str
    title: str
    kind: str
    received: date
    due: date
    counted: str  # the working days that were counted, for people to check
    region: str = ""
    sharing: SharingClass | None = None
    asked: date | None = None
    supplied: date | None = None
    extension: int = 0
    replied: date | None = None
    asked_correction: date | None = None
    estimated: bool = False


@dataclass(frozen=True)
class DeadlineResult:
    id: str
    title: str
    kind: str
    correct: bool
    due: str
    found: str
    article: str


def load_deadlines(path: Path = SUITE) -> list[DeadlineCase]:
    """The cases of a suite file."""
    rows = yaml.safe_load(path.read_text("utf-8"))["cases"]
    return [DeadlineCase(**{**row, "sharing": _class(row.get("sharing"))}) for row in rows]


def _class(name: str | None) -> SharingClass | None:
    return SharingClass(name) if name else None


def request_of(case: DeadlineCase) -> ShareRequest:
    """A request to which what the case tells has happened."""
    days: list[tuple[Action, State, date, dict[str, Any]]] = [(Action.SUBMIT, State.SUBMITTED, case.received, {})]
    if case.asked is not None:
        days.append((Action.ASK_SUPPLEMENT, State.SUPPLEMENT, case.asked, {}))
    if case.supplied is not None:
        days.append((Action.SUPPLY, State.SUBMITTED, case.supplied, {}))
    if case.extension:
        days.append((Action.GRANT_EXTENSION, State.SUBMITTED, case.received, {"days": case.extension}))
    if case.replied is not None:
        days.append((Action.ACCEPT, State.ACCEPTED, case.replied, {"items": []}))
    if case.asked_correction is not None:
        days.append((Action.ASK_CORRECTION, State.CORRECTING, case.asked_correction, {}))
    moment = datetime.combine(case.received, datetime.min.time(), UTC)
    history = [
        Event(
            position=n,
            at=moment,
            day=day,
            actor="",
            action=action,
            before=State.DRAFT,
            after=state,
            version=n,
            details=details,
        )
        for n, (action, state, day, details) in enumerate(days, 1)
    ]
    entry = CatalogueEntry(id="case", title="case", region=case.region, sharing=case.sharing)
    return ShareRequest(
        number=case.id,
        state=history[-1].after,
        department="申请部门",
        officer="",
        dataset=entry,
        created=moment,
        updated=moment,
        history=history,
    )


def run_deadlines(
    cases: list[DeadlineCase], out: Path | None = None, book: RuleBook | None = None, calendar: Workdays | None = None
) -> list[DeadlineResult]:
    """Work out every case; writes results.jsonl and summary.json into `out`."""
    results = []
    for case in cases:
        found = deadline(request_of(case), book or shipped_rules(), calendar or Workdays(), case.received)
        right = (
            found is not None
            and (found.kind, found.day) == (case.kind, case.due)
            and found.estimated == case.estimated
            and bool(found.article)
        )
        shown = f"{found.day}{'（推算）' if found.estimated else ''}" if found else "没有期限"
        article = found.article if found else ""
        results.append(DeadlineResult(case.id, case.title, case.kind, right, str(case.due), shown, article))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in results)
        (out / "results.jsonl").write_text(lines, "utf-8")
        (out / "summary.json").write_text(json.dumps(summary(results), ensure_ascii=False, indent=2), "utf-8")
    return results


def summary(results: list[DeadlineResult]) -> dict[str, Any]:
    kinds = Counter(r.kind for r in results)
    right = Counter(r.kind for r in results if r.correct)
    return {
        "cases": len(results),
        "right": sum(r.correct for r in results),
        "by_kind": {kind: f"{right[kind]}/{n}" for kind, n in kinds.items()},
        "wrong": [asdict(r) for r in results if not r.correct],
    }


def show(results: list[DeadlineResult]) -> str:
    """The report as text."""
    report = summary(results)
    lines = [f"期限 {report['cases']} 例，算对 {report['right']} 例"]
    lines += [f"- {r['title']}：应为 {r['due']}，算成 {r['found']}" for r in report["wrong"]]
    return "\n".join(lines)
