"""Two runs of one suite: which cases one got right and the other did not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_RIGHT = ("right", "correct", "passed")  # what the benches call a case that succeeded


class ResultsError(Exception):
    """A results file cannot be read; the message is a Chinese sentence that names the file and the line."""


@dataclass(frozen=True)
class Flips:
    """Ids in the order of the second run. `gained`: wrong before and right now; `lost`: the other way round."""

    gained: tuple[str, ...]
    lost: tuple[str, ...]
    only_before: tuple[str, ...]
    only_now: tuple[str, ...]
    right_before: int
    right_now: int
    common: int
    questions: dict[str, str]


def compare_runs(before: Path, now: Path) -> Flips:
    """Compare two results.jsonl, or the folders that hold them."""
    a, b = _results(before), _results(now)
    common = [i for i in b if i in a]
    return Flips(
        gained=tuple(i for i in common if b[i][0] and not a[i][0]),
        lost=tuple(i for i in common if a[i][0] and not b[i][0]),
        only_before=tuple(i for i in a if i not in b),
        only_now=tuple(i for i in b if i not in a),
        right_before=sum(a[i][0] for i in common),
        right_now=sum(b[i][0] for i in common),
        common=len(common),
        questions={i: b[i][1] for i in common},
    )


def _results(path: Path) -> dict[str, tuple[bool, str]]:
    """Id → whether it was right, and its question."""
    file = path / "results.jsonl" if path.is_dir() else path
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise ResultsError(f"没有找到评测结果 {file}。请先用 zhengwen eval run … --out 生成。") from None
    except UnicodeDecodeError:
        raise ResultsError(f"{file} 不是 UTF-8 文本，不是评测结果。") from None
    found: dict[str, tuple[bool, str]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _row(line, file, number)
        key = next(k for k in _RIGHT if k in row)
        found[str(row["id"])] = (bool(row[key]), str(row.get("question", "")))
    if not found:
        raise ResultsError(f"{file} 里没有评测结果。")
    return found


def _row(line: str, file: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        row = None
    if not isinstance(row, dict) or "id" not in row or not any(k in row for k in _RIGHT):
        raise ResultsError(f"{file} 第{number}行不是评测结果（应有 id 和是否正确）。")
    return row


def show_flips(flips: Flips) -> str:
    """The comparison as text."""
    lines = [f"共同的 {flips.common} 题：{flips.right_before} → {flips.right_now} 题答对"]
    for title, ids in (("变对", flips.gained), ("变错", flips.lost)):
        lines.append(f"{title} {len(ids)} 题" + ("：" if ids else ""))
        lines += [f"  {i} {flips.questions[i]}".rstrip() for i in ids]
    if flips.only_before:
        lines.append(f"只在前一次：{len(flips.only_before)} 题")
    if flips.only_now:
        lines.append(f"只在后一次：{len(flips.only_now)} 题")
    return "\n".join(lines)
