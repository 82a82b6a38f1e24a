"""Conversations over the demo city: whether each turn's rows are right, and each slot of what was understood.

Slots are read off the answer's own state, as the asker sees it. A turn counts as a follow-up from the second on.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb
import yaml

from assistant import Assistant
from assistant.outcome import Answer, Clarify, Outcome, Refuse
from evals.demo import CASES, Case, same_rows, warns

SUITE = CASES / "dialogues.yaml"
SUITE_FRESH = CASES / "dialogues_fresh.yaml"
SLOTS: dict[str, str] = {
    "measures": "指标",
    "by": "分组",
    "where": "条件",
    "time": "时间",
    "top": "排序",
    "having": "保留",
}
SPLITS: dict[str, str] = {"open": "开发", "held": "留出"}
_NAMED = {v: k for k, v in SLOTS.items()}

Expect = Literal["answer", "clarify", "refuse", "nothing", "other"]
Split = Literal["open", "held"]
Verdict = Literal["right", "asked", "refused", "none", "warned", "stated"]


@dataclass(frozen=True)
class DialogueTurn:
    ask: str
    sql: str = ""
    also: tuple[str, ...] = ()
    expect: Expect = "answer"
    or_ask: bool = False  # to ask back is as good as the rows
    values_only: bool = False
    unordered_ties: bool = False
    slots: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Dialogue:
    id: str
    kind: str
    turns: tuple[DialogueTurn, ...]
    split: Split = "open"  # held: for reporting only, its failures are not read


@dataclass(frozen=True)
class TurnResult:
    id: str  # dialogue and number of the turn
    kind: str
    turn: int
    question: str
    understood: str
    verdict: Verdict
    slots: dict[str, bool]  # whether each slot was understood as expected; empty where no slot is expected
    note: str = ""
    sql: str = ""
    split: Split = "open"

    @property
    def right(self) -> bool:
        return self.verdict == "right"


def load_dialogues(path: Path = SUITE) -> list[Dialogue]:
    """The conversations of a suite file."""
    rows = yaml.safe_load(path.read_text("utf-8"))
    return [
        Dialogue(
            row["id"],
            row["kind"],
            tuple(DialogueTurn(**{**turn, "also": tuple(turn.get("also", ()))}) for turn in row["turns"]),
            row.get("split", "open"),
        )
        for row in rows
    ]


def run_dialogues(
    assistant: Assistant, dialogues: list[Dialogue], out: Path | None = None, principal: str = "evaluator"
) -> list[TurnResult]:
    """Hold every conversation afresh. Writes results.jsonl and summary.json under `out`."""
    results = []
    with duckdb.connect(str(assistant.workspace.warehouse_path), read_only=True) as gold:
        for dialogue in dialogues:
            conversation = uuid.uuid4().hex
            for number, turn in enumerate(dialogue.turns, 1):
                expected = [gold.execute(sql).fetchall() for sql in (turn.sql, *turn.also) if sql]
                outcome = assistant.ask(turn.ask, principal, conversation)
                results.append(judge(dialogue, number, turn, expected, outcome))
            assistant.delete_conversation(conversation, principal)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps({**asdict(r), "right": r.right}, ensure_ascii=False) + "\n" for r in results)
        (out / "results.jsonl").write_text("".join(lines), "utf-8")
        (out / "summary.json").write_text(json.dumps(summary(results), ensure_ascii=False, indent=2), "utf-8")
    return results


def judge(
    dialogue: Dialogue, number: int, turn: DialogueTurn, expected: list[list[tuple[Any, ...]]], outcome: Outcome
) -> TurnResult:
    """What one turn is worth: its rows against the expected ones, its slots against the expected ones."""
    verdict = _verdict(turn, expected, outcome)
    slots = compare_slots(turn.slots, outcome) if turn.slots else {}
    good = verdict == "right" and all(slots.values())
    note = (
        outcome.explanation if isinstance(outcome, Answer) and outcome.table else f"{outcome.kind}：{outcome.text[:80]}"
    )
    told = next((w for w in outcome.warnings if w.startswith("按上一个问题理解为")), "")
    sql = outcome.sql.text if isinstance(outcome, Answer) and outcome.sql and not good else ""
    return TurnResult(
        f"{dialogue.id}.{number}",
        dialogue.kind,
        number,
        turn.ask,
        told.removeprefix("按上一个问题理解为：").strip("“”"),
        verdict,
        slots,
        "" if good else note,
        sql,
        dialogue.split,
    )


def _verdict(turn: DialogueTurn, expected: list[list[tuple[Any, ...]]], outcome: Outcome) -> Verdict:
    table = outcome.table if isinstance(outcome, Answer) else None
    if turn.expect == "other":
        return "right" if table is None else _wrong(outcome)
    if isinstance(outcome, Clarify):
        return "right" if turn.or_ask or turn.expect == "clarify" else "asked"
    if isinstance(outcome, Refuse):
        nothing = turn.expect == "nothing" and outcome.reason == "out_of_scope"
        return "right" if turn.expect == "refuse" or nothing else "refused"
    if table is None:
        return "right" if turn.expect == "nothing" else "none"
    if turn.expect == "nothing" and all(v is None for row in table.rows for v in row):
        return "right"
    case = Case("", "", turn.ask, values_only=turn.values_only, unordered_ties=turn.unordered_ties)
    if turn.expect == "answer" and any(same_rows(case, rows, table.rows) for rows in expected):
        return "right"
    return _wrong(outcome)


def _wrong(outcome: Outcome) -> Verdict:
    partial = isinstance(outcome, Answer) and outcome.status != "complete"
    return "warned" if partial or warns(outcome.warnings) else "stated"


def compare_slots(expected: dict[str, Any], outcome: Outcome) -> dict[str, bool]:
    """Slot → whether it was understood as expected; a slot that is not expected must be empty."""
    got: dict[str, set[str]] = {name: set() for name in SLOTS}
    for option in outcome.state if isinstance(outcome, Answer) else []:
        head, _, value = option.label.partition("：")
        got[_NAMED.get(head, "where")].add(value)
    right = {}
    for name in SLOTS:
        wanted = expected.get(name, [])
        goal = {_sorted(str(v)) for v in (wanted if isinstance(wanted, list) else [wanted])}
        right[name] = {_sorted(v) for v in got[name]} == goal
    return right


def _sorted(words: str) -> str:
    """Alternatives of one condition in one order."""
    return "、".join(sorted(words.split("、")))


def summary(results: list[TurnResult]) -> dict[str, Any]:
    """Turns and follow-ups right, by kind; accuracy by slot over the follow-ups; the wrong ones that may be read."""
    later = [r for r in results if r.turn > 1]
    dialogues: dict[str, list[TurnResult]] = {}
    for r in results:
        dialogues.setdefault(r.id.split(".")[0], []).append(r)
    slotted = [r for r in later if r.slots]
    return {
        "dialogues": len(dialogues),
        "dialogues_right": sum(all(r.right for r in rs) for rs in dialogues.values()),
        "turns": len(results),
        "right": sum(r.right for r in results),
        "first_turns": _share([r.right for r in results if r.turn == 1]),
        "follow_ups": _share([r.right for r in later]),
        "follow_ups_of_right_answers": _share([r.right for r in _after_right(results)]),
        "by_set": {
            letter: _share([r.right for r in later if r.id[0] == letter])
            for letter in dict.fromkeys(r.id[0] for r in results)
        },
        "by_split": {
            split: _share([r.right for r in later if r.split == split])
            for split in dict.fromkeys(r.split for r in results)
        },
        "stated_by_set": dict(Counter(r.id[0] for r in later if r.verdict == "stated")),
        "verdicts": dict(Counter(r.verdict for r in later)),
        "slots": {name: _share([r.slots[name] for r in slotted]) for name in SLOTS},
        "all_slots": _share([all(r.slots.values()) for r in slotted]),
        "by_kind": {
            kind: _share([r.right for r in later if r.kind == kind]) for kind in dict.fromkeys(r.kind for r in results)
        },
        "wrong": [asdict(r) for r in results if r.split == "open" and not (r.right and all(r.slots.values()))],
    }


def _after_right(results: list[TurnResult]) -> list[TurnResult]:
    """Follow-ups whose turn before was right: what they build on is not to blame."""
    right = {r.id for r in results if r.right}
    return [r for r in results if r.turn > 1 and f"{r.id.split('.')[0]}.{r.turn - 1}" in right]


def _share(found: list[bool]) -> str:
    return f"{sum(found)}/{len(found)}" + (f" {sum(found) / len(found):.1%}" if found else "")


def show(results: list[TurnResult]) -> str:
    """The report as text."""
    report = summary(results)
    splits: dict[str, str] = report["by_split"]
    lines = [
        f"对话 {report['dialogues']} 组，全部答对 {report['dialogues_right']} 组；首问 {report['first_turns']}，追问 {report['follow_ups']}"
        f"（前一问答对的追问 {report['follow_ups_of_right_answers']}）",
        f"按批次（追问）：{'，'.join(f'{k} {v}' for k, v in report['by_set'].items())}",
        *([f"按用途（追问）：{'，'.join(f'{SPLITS[k]} {v}' for k, v in splits.items())}"] if len(splits) > 1 else []),
        f"追问判定：{'，'.join(f'{k} {v}' for k, v in report['verdicts'].items())}",
        *(
            [
                "各项理解正确（追问）：" + "，".join(f"{SLOTS[k]} {v}" for k, v in report["slots"].items()),
                f"各项都对：{report['all_slots']}",
            ]
            if any(r.slots for r in results)
            else []
        ),
        "| 类型 | 追问答对 |",
        "|---|---|",
        *(f"| {k} | {v} |" for k, v in report["by_kind"].items()),
    ]
    return "\n".join(lines)
