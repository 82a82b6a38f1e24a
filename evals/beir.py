"""The BEIR layout: corpus.jsonl, queries.jsonl, qrels.tsv; and the run file that trec_eval reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from retrieval.shelf import Stage


class EvalInput(Exception):
    """The benchmark folder is not what the command expects; the message is a Chinese sentence for people."""


@dataclass(frozen=True)
class Query:
    id: str
    text: str
    style: str


@dataclass(frozen=True)
class Benchmark:
    """`corpus` rows as they are; `qrels`: query id → corpus id → grade."""

    corpus: list[dict[str, Any]]
    queries: list[Query]
    qrels: dict[str, dict[str, int]]


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Objects, one a line; EvalInput names the line that is wrong."""
    if not path.is_file():
        raise EvalInput(f"找不到评测文件 {path}。请检查目录是否正确。")
    rows = []
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise EvalInput(f"评测文件 {path} 第 {number} 行不是有效的 JSON。请修正后重试。") from error
            if not isinstance(row, dict):
                raise EvalInput(f"评测文件 {path} 第 {number} 行不是一个对象。请修正后重试。")
            rows.append(row)
    return rows


def read_benchmark(folder: Path) -> Benchmark:
    """Read the three files; EvalInput when one is missing or wrong."""
    corpus = read_jsonl(folder / "corpus.jsonl")
    queries = [
        Query(str(r["_id"]), str(r["text"]), str(r.get("style") or "all")) for r in read_jsonl(folder / "queries.jsonl")
    ]
    qrels: dict[str, dict[str, int]] = {}
    path = folder / "qrels.tsv"
    if not path.is_file():
        raise EvalInput(f"找不到评测文件 {path}。请检查目录是否正确。")
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        parts = line.split("\t")
        if number == 1 and not parts[-1].strip().lstrip("-").isdigit():
            continue  # the heading
        if len(parts) != 3 or not parts[2].strip().lstrip("-").isdigit():
            if line.strip():
                raise EvalInput(f"评测文件 {path} 第 {number} 行应是三列：问题、文档、等级。请修正后重试。")
            continue
        qrels.setdefault(parts[0], {})[parts[1]] = int(parts[2])
    return Benchmark(corpus=corpus, queries=queries, qrels=qrels)


def write_run(path: Path, run: Mapping[str, Sequence[tuple[str, float]]], tag: str = "zhengwen") -> None:
    """Ranked (id, score) by query in TREC form. Ids may hold blanks, which TREC cannot: they become underscores."""
    lines = []
    for query, ranked in run.items():
        for rank, (key, score) in enumerate(ranked, 1):
            lines.append(f"{query} Q0 {key.replace(' ', '_')} {rank} {score:.6f} {tag}")
    path.write_text("\n".join(lines) + ("\n" if lines else ""), "utf-8")


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def write_jsonl(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def read_stages(text: str) -> tuple[Stage, ...]:
    """「lexical,dense」 → the stages, each once; EvalInput names one that there is not."""
    known: tuple[Stage, ...] = get_args(Stage)
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    for part in wanted:
        if part not in known:
            raise EvalInput(f"没有「{part}」这一阶段，可用：{'、'.join(known)}，用逗号分开。")
    if not wanted:
        raise EvalInput(f"没有写明阶段，可用：{'、'.join(known)}。")
    return tuple(stage for stage in known if stage in wanted)
