"""Share requests told as officials tell them: whether each story comes to the right draft, with nothing invented.

Three figures: fields as expected (left blank where nobody spoke of them), facts that trace to nothing (must be none), and
fields that must be stated, are blank and were asked for, one at a time (must be all). Drafts are filed in a store of the
bench's own.
"""

from __future__ import annotations

import json
import re
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant import Assistant
from assistant.outcome import Answer, Draft, Outcome
from corpus.catalog import Dataset, Sensitivity
from corpus.demo.departments import DEPARTMENTS
from evals.demo import CASES
from evals.share_facts import invented, spoken
from tools.audit import AuditLog
from tools.principal import Principal
from tools.requests.model import LABELS, Content, is_blank, missing
from tools.requests.opening import open_desk

SUITE = CASES / "share.yaml"
LONGEST_WALK = 20  # questions after a story, each put off, to see that every missing field is asked for
NAMES = {"range": "use_scope"}  # the stories' word → the form's


@dataclass(frozen=True)
class Story:
    id: str
    kind: str
    who: str
    turns: tuple[str, ...]
    expect: dict[str, Any]
    held: bool = False


@dataclass(frozen=True)
class StoryResult:
    id: str
    kind: str
    held: bool
    outcome: str
    right_outcome: bool
    parts: dict[str, bool]  # what was expected of the fields → whether it is so
    told: dict[str, bool]  # what the answer had to say or offer
    invented: list[str]  # facts that trace to nothing
    missing: list[str]  # fields that must be stated and are blank
    asked: list[str]  # those of them that were asked for
    note: str = ""

    @property
    def right(self) -> bool:
        whole = all(self.parts.values()) and all(self.told.values()) and not self.invented
        return self.right_outcome and whole and set(self.missing) <= set(self.asked)


def load_stories(path: Path = SUITE) -> list[Story]:
    """The stories of a suite file."""
    rows = yaml.safe_load(path.read_text("utf-8"))
    return [
        Story(r["id"], r["kind"], r["as"], tuple(r["turns"]), r["expect"], bool(r.get("held", False))) for r in rows
    ]


def run_share(assistant: Assistant, stories: list[Story], out: Path | None = None) -> list[StoryResult]:
    """Tell every story in a conversation of its own. Writes results.jsonl and summary.json under `out`."""
    with _own_desk(assistant):
        results = [_tell(assistant, story) for story in stories]
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps({**asdict(r), "right": r.right}, ensure_ascii=False) + "\n" for r in results)
        (out / "results.jsonl").write_text("".join(lines), "utf-8")
        (out / "summary.json").write_text(json.dumps(summary(results), ensure_ascii=False, indent=2), "utf-8")
    return results


def teller(story: Story) -> Principal:
    """Who tells a story: an officer of the department that it names; a citizen where it names none."""
    department = next((d for d in DEPARTMENTS if d.key == story.who), None)
    if department is None:
        return Principal(id="share-citizen", role="citizen", name="市民")
    return Principal(
        id=f"share-{department.key}", role="official", name=f"{department.short}经办人", department=department.name
    )


@contextmanager
def _own_desk(assistant: Assistant) -> Iterator[None]:
    """The assistant with a store of share requests that is thrown away."""
    services = assistant.services
    before = services._desk
    with tempfile.TemporaryDirectory() as folder:
        audit = AuditLog(Path(folder) / "audit.sqlite")
        services._desk = open_desk(
            services.workspace,
            today=lambda: services.today,
            store=services.store,
            audit=audit,
            url=f"sqlite:///{folder}/state.sqlite",
            place=services.settings.city,
            dataset=services.datasets.get,
        )
        try:
            yield
        finally:
            services._desk.around.engine.dispose()
            audit.close()
            services._desk = before


def _tell(assistant: Assistant, story: Story) -> StoryResult:
    who = teller(story)
    conversation = uuid.uuid4().hex
    outcomes: list[Outcome] = []
    for turn in story.turns:
        outcomes.append(assistant.ask(turn, who, conversation))
    last = outcomes[-1]
    asked = _walk(assistant, who, conversation, last) if isinstance(last, Draft) else []
    assistant.delete_conversation(conversation, who)
    return judge(assistant, story, outcomes, asked)


def _walk(assistant: Assistant, who: Principal, conversation: str, outcome: Outcome) -> list[str]:
    """The fields that are asked for when each question is put off."""
    asked: list[str] = []
    for _ in range(LONGEST_WALK):
        if not isinstance(outcome, Draft) or not outcome.talk.asks or outcome.talk.asks in asked:
            break
        asked.append(outcome.talk.asks)
        outcome = assistant.ask("跳过", who, conversation)
    return asked


def judge(assistant: Assistant, story: Story, outcomes: list[Outcome], asked: list[str]) -> StoryResult:
    """What a story came to, against what was expected."""
    last, expect = outcomes[-1], story.expect
    right_outcome = last.kind == expect["outcome"]
    parts: dict[str, bool] = {}
    wanted = expect.get("dataset", [])
    if wanted:
        parts["dataset"] = _dataset_of(last) in ([wanted] if isinstance(wanted, str) else wanted)
    blank: list[str] = []
    if expect["outcome"] == "draft":
        content = Content.model_validate(last.content) if isinstance(last, Draft) else Content()
        parts |= _fields(content, last, expect)
        if isinstance(last, Draft):
            blank = _missing(content, assistant.services.datasets.get(last.dataset))
            parts["listed"] = {LABELS[name] for name in blank} <= set(last.missing)
    told = {f"says {p}": bool(re.search(p, _words_of(last))) for p in expect.get("says", [])}
    if expect.get("offers"):
        told["offers"] = bool(set(expect["offers"]) & _offered(last))
    if expect.get("same_number"):
        numbers = {o.number for o in outcomes if isinstance(o, Draft)}
        told["same number"] = len(numbers) == 1 and "" not in numbers
    lies = invented(assistant, last, story.turns, teller(story), expect) if isinstance(last, Draft) else []
    return StoryResult(
        story.id,
        story.kind,
        story.held,
        last.kind,
        right_outcome,
        parts,
        told,
        lies,
        blank,
        [name for name in asked if name in blank],
        "" if right_outcome else f"{last.kind}：{last.text[:80]}",
    )


def _fields(content: Content, last: Outcome, expect: dict[str, Any]) -> dict[str, bool]:
    """Field → whether it stands as expected, the blank ones too."""
    parts: dict[str, bool] = {}
    months = last.talk.months if isinstance(last, Draft) else 0
    days = last.talk.days if isinstance(last, Draft) else 0
    for name, value in expect.get("fields", {}).items():
        if name == "period":
            parts[name] = _period(content, months, str(value))
        elif name == "basis":
            said = "；".join(b.label for b in content.basis)
            parts[name] = all(part in said for part in value)
        elif name == "method":
            parts[name] = content.method == value
        else:
            said = spoken(str(getattr(content, NAMES.get(name, name))))
            parts[name] = all(spoken(part) in said for part in value)
    items = {i.name for i in content.items}
    if expect.get("keep"):
        parts["keep"] = set(expect["keep"]) <= items
    if expect.get("drop"):
        parts["drop"] = not set(expect["drop"]) & items
    for name in expect.get("blank", []):
        if name == "period":
            parts["blank period"] = content.starts is None and content.ends is None and not (months or days)
        elif name == "department":
            parts["blank department"] = isinstance(last, Draft) and not last.request["申请部门"]
        else:
            parts[f"blank {name}"] = is_blank(getattr(content, NAMES.get(name, name)))
    return parts


def _period(content: Content, months: int, value: str) -> bool:
    if value.endswith("m"):
        return months == int(value[:-1]) and content.ends is None
    starts, _, ends = value.partition("..")
    return (str(content.starts or ""), str(content.ends or "")) == (starts, ends)


def _missing(content: Content, entry: Dataset | None) -> list[str]:
    """The fields that must be stated and are blank."""
    marked = {i.name for i in entry.items if i.sensitivity is not Sensitivity.NONE} if entry else set()
    return missing(content, any(item.name in marked for item in content.items))


def _dataset_of(outcome: Outcome) -> str:
    if isinstance(outcome, Draft):
        return outcome.dataset
    return next((c.id for c in outcome.citations if c.kind == "dataset"), "")


def _offered(outcome: Outcome) -> set[str]:
    if isinstance(outcome, Draft):
        return {card.id for card in outcome.offers}
    return {card.id for card in outcome.datasets} if isinstance(outcome, Answer) else set()


def _words_of(outcome: Outcome) -> str:
    """All that the answer says: its text, its checks and what it suggests."""
    checks = [f"{c.rule} {c.note}" for c in outcome.checks] if isinstance(outcome, Draft) else []
    return "\n".join([outcome.text, *checks, *outcome.warnings, *outcome.suggestions])


def summary(results: list[StoryResult]) -> dict[str, Any]:
    """The three figures, for all, for the stories seen while drafting was built, and for those held back; by kind."""
    groups = {"all": results, "seen": [r for r in results if not r.held], "held": [r for r in results if r.held]}
    return {
        **{name: _figures(rows) for name, rows in groups.items()},
        "by_kind": {
            kind: _figures([r for r in results if r.kind == kind]) for kind in dict.fromkeys(r.kind for r in results)
        },
        "parts_wrong": dict(Counter(name for r in results for name, ok in r.parts.items() if not ok)),
        "wrong": [asdict(r) for r in results if not r.right],
    }


def _figures(rows: list[StoryResult]) -> dict[str, Any]:
    parts = [ok for r in rows for ok in r.parts.values()]
    blank = [name for r in rows for name in r.missing]
    asked = [name for r in rows for name in r.asked]
    return {
        "stories": len(rows),
        "right": sum(r.right for r in rows),
        "outcome": _share(sum(r.right_outcome for r in rows), len(rows)),
        "fields": _share(sum(parts), len(parts)),
        "told": _share(sum(ok for r in rows for ok in r.told.values()), sum(len(r.told) for r in rows)),
        "invented": sum(len(r.invented) for r in rows),
        "asked": _share(len(asked), len(blank)),
    }


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole}" + (f" {part / whole:.1%}" if whole else "")


def show(results: list[StoryResult]) -> str:
    """The report as text."""
    report = summary(results)
    head = "| | 故事 | 全对 | 结果类型 | 各项内容 | 该说的 | 编造 | 缺项已问 |"
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    names = {"all": "全部", "seen": "开发时看过", "held": "开发时没看"}
    for name, row in [*((names[n], report[n]) for n in names), *report["by_kind"].items()]:
        lines.append(
            f"| {name} | {row['stories']} | {row['right']} | {row['outcome']} | {row['fields']} | {row['told']} | {row['invented']} | {row['asked']} |"
        )
    return "\n".join(lines)
