"""The questions of a bench and where its databases lie."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

INSTANCES = 3  # row sets of each database


class SqlBenchError(Exception):
    """The bench cannot be read; the message is a Chinese sentence for people."""


@dataclass(frozen=True)
class SqlCase:
    """One question; `gold` is SQLite SQL."""

    id: str
    database: str
    question: str
    gold: str


def load_cases(directory: Path) -> list[SqlCase]:
    """Read questions.jsonl. SqlBenchError names the line that is wrong."""
    path = directory / "questions.jsonl"
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise SqlBenchError(
            f"无法读取 {path}：{error.strerror}。请指向含有 questions.jsonl 和 db 文件夹的目录。"
        ) from error
    cases: list[SqlCase] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            cases.append(SqlCase(str(row["id"]), str(row["db"]), str(row["question"]), str(row["gold"])))
        except (ValueError, KeyError, TypeError) as error:
            raise SqlBenchError(f"{path} 第 {number} 行不是一道题：需要 id、db、question、gold 四项。") from error
    return cases


def instance_path(directory: Path, database: str, number: int) -> Path:
    """Instance `number` of a database; SqlBenchError when it is missing."""
    path = directory / "db" / f"{database}.{number}.sqlite"
    if not path.is_file():
        raise SqlBenchError(f"缺少数据库文件 {path}。每个数据库需要 0、1、2 三份。")
    return path
