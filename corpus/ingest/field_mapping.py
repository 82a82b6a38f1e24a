"""Which source field becomes which field of ours: found from the names, overridden by a mapping file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

import yaml

from corpus.ingest.field_names import FIELD_LABELS, SYNONYMS, field_of
from corpus.ingest.report import IngestError

IGNORE = "ignore"  # in a mapping file: drop this source field


def map_fields(fields: Iterable[str], override: dict[str, str] | None = None) -> dict[str, str]:
    """Source field → our field (or "ignore"), the better name of two first. Unknown fields are left out."""
    override = override or {}
    found: list[tuple[int, int, str, str]] = []
    for position, field in enumerate(fields):
        if field in override:
            found.append((-1, position, field, override[field]))
            continue
        match = field_of(field)
        if match is not None:
            found.append((match[1], position, field, match[0]))
    return {source: ours for _, _, source, ours in sorted(found)}


def looks_like_catalogue(fields: Iterable[str]) -> bool:
    """Whether a header is that of a catalogue: a dataset's title, and fields that only a list of datasets has.

    「名称」「部门」「描述」 stand in any table, so a general title counts only beside two fields that speak of data sets.
    """
    general = 6  # the first names of a title say "dataset" or "catalogue" themselves
    titled = telling = other = 0
    explicit = False
    for field in fields:
        match = field_of(field)
        if match is None:
            continue
        ours, rank = match
        if ours == "title":
            titled += 1
            explicit = (
                explicit or rank < general or field_of(field) == ("title", SYNONYMS["title"].index("datasetname"))
            )
        elif ours in _TELLING:
            telling += 1
        elif ours in ("publisher", "summary", "topic", "url"):
            other += 1
    if not titled:
        return False
    return (explicit and telling + other >= 1) or (telling >= 2 and telling + other >= 3)


_TELLING = frozenset(
    {"update_frequency", "formats", "opening", "sharing", "keywords", "rows", "items", "license", "level"}
)


def load_mapping(path: Path) -> dict[str, str]:
    """Read a mapping file, YAML or TOML: 「来源字段: 我们的字段」, flat or under `fields`. IngestError says what is wrong."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise IngestError(f"映射文件 {path.name} 无法读取，请检查路径，并保存为 UTF-8。") from error
    try:
        data = tomllib.loads(text) if path.suffix.lower() == ".toml" else yaml.safe_load(text)
    except (tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        raise IngestError(f"映射文件 {path.name} 有语法错误：{' '.join(str(error).split())}") from error
    if isinstance(data, dict) and isinstance(data.get("fields"), dict):
        data = data["fields"]
    if not isinstance(data, dict) or not data:
        raise IngestError(f"映射文件 {path.name} 应当是「来源字段: 我们的字段」的对照表。")
    return {str(source): _our_field(str(ours), path) for source, ours in data.items()}


def _our_field(name: str, path: Path) -> str:
    if name in (IGNORE, "-", "忽略"):
        return IGNORE
    if name in FIELD_LABELS:
        return name
    for field, label in FIELD_LABELS.items():
        if name == label:
            return field
    match = field_of(name)
    if match is None:
        raise IngestError(
            f"映射文件 {path.name} 中的「{name}」不是已知字段。可用：{'、'.join(FIELD_LABELS)}，或 ignore。"
        )
    return match[0]
