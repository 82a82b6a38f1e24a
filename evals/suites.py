"""The suites that ship with the product: questions over the demo city, run against a workspace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant import Assistant
from evals import deadlines, demo, dialogues, routes, share, traps


@dataclass(frozen=True)
class Suite:
    """`run` asks every case and writes results.jsonl and summary.json into a folder; it returns the report as text."""

    name: str
    title: str
    path: Path
    size: Callable[[], str]
    run: Callable[[Assistant, Path], str]


class SuiteError(Exception):
    """A suite cannot be run; the message is a Chinese sentence."""


def _questions(name: str, title: str, path: Path) -> Suite:
    def run(assistant: Assistant, out: Path) -> str:
        return demo.show(demo.run_demo(assistant, demo.load_cases(path), out))

    return Suite(name, title, path, lambda: f"{len(demo.load_cases(path))}题", run)


def _conversations(name: str, title: str, path: Path) -> Suite:
    def run(assistant: Assistant, out: Path) -> str:
        return dialogues.show(dialogues.run_dialogues(assistant, dialogues.load_dialogues(path), out))

    def size() -> str:
        found = dialogues.load_dialogues(path)
        return f"{len(found)}组{sum(len(d.turns) for d in found)}问"

    return Suite(name, title, path, size, run)


def _deadlines(name: str, title: str, path: Path) -> Suite:
    def run(_assistant: Assistant, out: Path) -> str:
        return deadlines.show(deadlines.run_deadlines(deadlines.load_deadlines(path), out))

    return Suite(name, title, path, lambda: f"{len(deadlines.load_deadlines(path))}例", run)


def _traps(name: str, title: str, path: Path) -> Suite:
    def run(_assistant: Assistant, out: Path) -> str:
        return traps.show(traps.run_traps(traps.load_traps(path), out))

    return Suite(name, title, path, lambda: f"{len(traps.load_traps(path))}题", run)


def _stories(name: str, title: str, path: Path) -> Suite:
    def run(assistant: Assistant, out: Path) -> str:
        return share.show(share.run_share(assistant, share.load_stories(path), out))

    return Suite(name, title, path, lambda: f"{len(share.load_stories(path))}个故事", run)


def _routes(name: str, title: str, path: Path) -> Suite:
    def run(assistant: Assistant, out: Path) -> str:
        return routes.show(routes.run_routes(assistant, routes.load_routes(path), out))

    return Suite(name, title, path, lambda: f"{len(routes.load_routes(path))}题", run)


SUITES: dict[str, Suite] = {
    s.name: s
    for s in (
        _questions("demo", "演示城市，单问", demo.SUITE),
        _questions("demo200", "演示城市，各种问法，含应反问、应拒答和没有的数据", demo.SUITE_200),
        _questions("demo-unseen", "演示城市，没见过规划器的人写的问法，一半留出", demo.SUITE_UNSEEN),
        _conversations("dialogues", "演示城市，连续追问", dialogues.SUITE),
        _routes("routes", "演示城市，各类问题该走哪条路", routes.SUITE),
        _conversations("dialogues-fresh", "演示城市，连续追问，事先没有试过的说法", dialogues.SUITE_FRESH),
        _deadlines("deadlines", "共享申请的期限，对照手工数出的日子", deadlines.SUITE),
        _traps("traps", "陷阱小镇，会把行数翻倍的关联", traps.SUITE),
        _stories("share", "演示城市，共享申请从对话到草稿", share.SUITE),
    )
}


def suite(name: str) -> Suite:
    """The suite called `name`; SuiteError when there is none."""
    if name not in SUITES:
        raise SuiteError(f"没有名为“{name}”的评测集。可用的有：{'、'.join(SUITES)}。")
    return SUITES[name]


def run_suite(name: str, assistant: Assistant, out: Path) -> str:
    """Run a suite over the assistant's workspace, which must be the demo city."""
    found = suite(name)
    missing = _missing_tables(assistant)
    if missing:
        raise SuiteError(
            f"评测集“{name}”问的是演示城市，这个工作区缺少它的数据表（例如 {missing[0]}）。请用 -w 指定演示城市的工作区。"
        )
    return found.run(assistant, out)


def _missing_tables(assistant: Assistant) -> list[str]:
    from corpus.demo.tables import SPECS

    present = {t.name for t in assistant.services.semantics.tables}
    return [spec.name for spec in SPECS if spec.name not in present]
