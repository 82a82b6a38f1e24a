"""Training material: plain texts and pairs that mean the same, each with the name of the set it came from."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from retrieval.text import normalise
from retrieval.thesaurus import BUILT_IN

Pair = tuple[str, str]

_HEADING = re.compile(r"^#+\s*")
_ARTICLE = re.compile(r"^(第[〇零一二三四五六七八九十百千]+条)[\s　]*(.+)$")


def rows(path: Path) -> Iterator[dict[str, object]]:
    """JSON objects, one a line; lines that are none are passed over."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield row


def texts(train: Path, laws: Path, share: float, seed: int) -> Iterator[str]:
    """Running text for co-occurrence: news, reports, laws; `share` (0..1) of the lines."""
    chance = random.Random(seed)
    for path in sorted((train / "text").rglob("*.txt")):
        for line in path.read_text("utf-8", errors="replace").splitlines():
            if chance.random() < share:
                yield line
    for path in sorted(laws.rglob("*.md")):
        yield from (
            line for line in path.read_text("utf-8", errors="replace").splitlines() if not line.startswith("<!--")
        )


def pairs(train: Path, laws: Path, data: Path, seed: int) -> dict[str, list[Pair]]:
    """Positive pairs by set; texts as found, normalised later."""
    found: dict[str, list[Pair]] = {}
    for path in sorted((train / "pairs").rglob("*.json*")):
        found.setdefault(path.parent.name, []).extend(_labelled(path))
    for unlabelled in ("bluecollar_intents", "iflytek_app", "csldcp"):
        found.pop(unlabelled, None)  # their second text is a class, not a text
    found["news_halves"] = list(_news_halves(train))
    found["law_articles"], found["law_halves"] = _law_pairs(laws)
    found["catalogues"] = list(_catalogue_pairs(data / "catalogs"))
    found["service_items"] = [
        (str(r["item"]), f"{r['department']} {r['main_item']}")
        for r in rows(train / "lexicons/gov_service_items/items.jsonl")
    ]
    found["abbreviations"] = [
        (str(r["abbr"]), str(r["full"]))
        for r in rows(train / "lexicons/abbreviation_zhangyics/abbr.jsonl")
        if r.get("abbr")
    ]
    found["synonyms"] = _synonyms(train, seed)
    found["thesaurus"] = _thesaurus()
    return {name: kept for name, members in found.items() if (kept := list(dict.fromkeys(_clean(members))))}


def _clean(members: list[Pair]) -> Iterator[Pair]:
    for left, right in members:
        a, b = normalise(left)[:200], normalise(right)[:300]
        if len(a) >= 2 and len(b) >= 2 and a != b:
            yield a, b


def _labelled(path: Path) -> Iterator[Pair]:
    for row in rows(path):
        if "query" in row and "title" in row:
            if str(row.get("label")) in ("1", "2"):
                yield str(row["query"]), str(row["title"])
        elif "sentence_0" in row:
            yield str(row["sentence_0"]), str(row["sentence_1"])
        elif "a" in row and "b" in row and _is_positive(path, row):
            yield str(row["a"]), str(row["b"])


def _is_positive(path: Path, row: dict[str, object]) -> bool:
    """Without a label a pair is positive, except in test files and unlabelled parts; sets of entailment are left out."""
    if path.parent.name in ("cmnli", "csnli", "pawsx_zh", "stsb_zh") or "unlabeled" in path.name:
        return False
    return str(row["label"]) in ("1", "1.0") if "label" in row else "test" not in path.name


def _news_halves(train: Path) -> Iterator[Pair]:
    for path in sorted((train / "text/crud_news").glob("*.txt")):
        for line in itertools.islice(path.read_text("utf-8", errors="replace").splitlines(), 0, None, 2):
            body = line.split("正文：")[-1].strip()
            parts = [part for part in re.split(r"(?<=[。！？])", body) if len(part) >= 12]
            if len(parts) >= 4:
                yield parts[0], parts[1] + parts[2]


def _law_pairs(laws: Path) -> tuple[list[Pair], list[Pair]]:
    """(title with heading, article) and (first part of an article, the rest)."""
    titled, halves = [], []
    for path in sorted(laws.rglob("*.md")):
        title = heading = ""
        for line in path.read_text("utf-8", errors="replace").splitlines():
            if line.startswith("#"):
                heading = _HEADING.sub("", line)
                title = title or heading
            elif match := _ARTICLE.match(line.strip()):
                text = match.group(2)
                titled.append((f"{title} {heading}", text))
                parts = [part for part in re.split(r"(?<=[，。；])", text) if part]
                if len(parts) >= 4:
                    middle = len(parts) // 2
                    halves.append(("".join(parts[:middle]), "".join(parts[middle:])))
    return titled, halves


def _catalogue_pairs(catalogs: Path) -> Iterator[Pair]:
    """Title and description, title and field names, of every catalogue that is there."""
    for path in sorted(catalogs.glob("*.jsonl")):
        for row in rows(path):
            values = {key: value for key, value in row.items() if isinstance(value, str)}
            title = next((values[k] for k in ("資料集名稱", "資料名稱", "title", "name", "名称") if values.get(k)), "")
            for key in ("資料集描述", "主要欄位", "主要欄位說明", "text", "description", "summary", "notes", "摘要"):
                if title and values.get(key):
                    yield title, values[key]


def _synonyms(train: Path, seed: int) -> list[Pair]:
    """Two words of one set, up to six pairs a set, so that long sets do not drown the others."""
    chance = random.Random(seed)
    sets = [r["words"] for r in rows(train / "lexicons/cilin_v3/cilin_v3.jsonl") if r.get("rel") == "="]
    sets += [r["words"] for r in rows(train / "lexicons/chinese_wordnet/synsets.jsonl")]
    found: list[Pair] = []
    for words in sets:
        if isinstance(words, list) and len(words) > 1:
            combinations = list(itertools.combinations(map(str, words[:12]), 2))
            found += chance.sample(combinations, min(6, len(combinations)))
    return found


def _thesaurus() -> list[Pair]:
    found = []
    for line in BUILT_IN.read_text("utf-8").splitlines():
        words = [word for word in line.split("#")[0].removeprefix(">").strip().split("\t") if word]
        found += [(words[0], other) for other in words[1:]]
    return found
