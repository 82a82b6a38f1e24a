"""Records of a JSON or JSONL file, with their line or entry numbers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.ingest.decoding import read_text, sniff_file
from corpus.ingest.report import IngestError

Record = dict[str, Any]


@dataclass(frozen=True)
class JsonFile:
    """`layout` is "jsonl" (one record a line), "json" (a list), "ckan" or "dcat" (see there)."""

    layout: str
    encoding: str
    records: list[tuple[str, Record]]  # 第3行 / 第3条, the record
    body: Any = None  # the whole document, for the layouts that need it


def read_json(path: Path, on_broken: Callable[[str, str], None]) -> JsonFile:
    """Read either layout; broken lines of a JSONL go to `on_broken(where, reason)`."""
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        # Line by line: the file of a whole country fits in memory as records, not as text and records.
        encoding = sniff_file(path)
        with path.open(encoding=encoding, errors="replace", newline="\n") as file:
            records = _lines(file, on_broken)
        if records:
            return JsonFile("jsonl", encoding.removesuffix("-sig"), records)
    text, encoding = read_text(path)
    if not text.strip():
        raise IngestError("文件是空的。")
    try:
        body = json.loads(text)
    except RecursionError as error:
        raise IngestError("JSON 嵌套过深，无法读取。") from error
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].lstrip().startswith("{") or not _parses(lines[:20]):
            position = f"第 {error.lineno} 行第 {error.colno} 列" if isinstance(error, json.JSONDecodeError) else ""
            raise IngestError(f"不是有效的 JSON 或 JSONL：{position}有语法错误。") from error
        return JsonFile("jsonl", encoding, _lines(text.split("\n"), on_broken))
    return JsonFile(_layout(body), encoding, _entries(body, on_broken), body)


def first_records(path: Path, count: int = 200) -> list[Record]:
    """The first records of a JSONL file; none if it is not one."""
    with path.open(encoding=sniff_file(path), errors="replace", newline="\n") as file:
        return [record for _, record in _lines(islice(file, count), lambda where, reason: None)]


def _parses(lines: list[str]) -> bool:
    def good(line: str) -> bool:
        try:
            return isinstance(json.loads(line), dict)
        except ValueError:
            return False

    return any(good(line) for line in lines)


def _lines(lines: Iterable[str], on_broken: Callable[[str, str], None]) -> list[tuple[str, Record]]:
    records: list[tuple[str, Record]] = []
    broken: list[tuple[str, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if "\ufffd" in line:
            broken.append((f"第{number}行", "含有无法解码的字节"))
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            broken.append((f"第{number}行", "不是有效的 JSON"))
            continue
        if isinstance(record, dict):
            # Every record spells the same keys again.
            records.append((f"第{number}行", {sys.intern(key): value for key, value in record.items()}))
        else:
            broken.append((f"第{number}行", "不是一个 JSON 对象"))
    if records:
        for where, reason in broken:
            on_broken(where, reason)
    return records


def _layout(body: Any) -> str:
    if isinstance(body, dict):
        result = body.get("result")
        if isinstance(result, (dict, list)) and ("success" in body or "help" in body):
            return "ckan"
        keys = {str(key).rpartition(":")[2].rpartition("/")[2] for key in body}
        if "@graph" in body or "@context" in body or "dataset" in keys:
            return "dcat"
    if isinstance(body, list) and body and isinstance(body[0], dict):
        kinds = " ".join(str(item.get("@type", "")) for item in body[:50] if isinstance(item, dict))
        if "dcat" in kinds.lower() or "#Dataset" in kinds:
            return "dcat"
    return "json"


def _entries(body: Any, on_broken: Callable[[str, str], None]) -> list[tuple[str, Record]]:
    """The longest list of objects in the document, or the object itself."""
    found = body if isinstance(body, list) else _longest_list(body)
    if found is None:
        if isinstance(body, dict):
            return [("第1条", body)]
        raise IngestError("JSON 里没有可以读取的记录。")
    records = []
    for number, item in enumerate(found, 1):
        if isinstance(item, dict):
            records.append((f"第{number}条", item))
        else:
            on_broken(f"第{number}条", "不是一个 JSON 对象")
    return records


def _longest_list(body: Any, depth: int = 0) -> list[Any] | None:
    best: list[Any] | None = None
    if isinstance(body, dict) and depth < 4:
        for value in body.values():
            found = value if isinstance(value, list) else _longest_list(value, depth + 1)
            if found and any(isinstance(item, dict) for item in found) and len(found) > len(best or []):
                best = found
    return best
