"""Reads one of our own policy files: a metadata block, then headings and numbered articles.

The grammar is small because the files are ours: `## ` and `### ` are headings that place what follows; a paragraph that
starts with 第…条 and a full-width space opens an article, and the paragraphs after it belong to it. In a digest each
`### locator | title` heading opens an entry of its own.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from corpus.policy import Article, DocumentLevel, PolicyDocument

FENCE = "---"
ARTICLE = re.compile(r"(第[一二三四五六七八九十百]+条)　(.+)")
FIELDS = {"id", "title", "level", "region", "issuer", "number", "published", "effective", "superseded_by"}


def read_policy(path: Path) -> PolicyDocument:
    """Read one file; ValueError names the file and what is wrong in it."""
    try:
        fields, body = _split(path.read_text("utf-8"))
        level = DocumentLevel(fields["level"])
        cut = _digest_entries if level is DocumentLevel.DIGEST else _articles
        articles = cut(body)
    except (KeyError, ValueError) as error:
        raise ValueError(f"政策文件 {path.name} 格式不对：{error}") from error
    return PolicyDocument(
        id=fields["id"],
        title=fields["title"],
        level=level,
        region=fields.get("region", ""),
        issuer=fields.get("issuer", ""),
        number=fields.get("number", ""),
        published=_date(fields.get("published", "")),
        effective=_date(fields.get("effective", "")),
        superseded_by=fields.get("superseded_by") or None,
        articles=articles,
        source=path.name,
    )


def _split(text: str) -> tuple[dict[str, str], list[str]]:
    """The metadata, and the lines after it that hold something."""
    lines = [line.strip() for line in text.splitlines()]
    if lines[0] != FENCE:
        raise ValueError("缺少文首信息")
    end = lines.index(FENCE, 1)
    fields: dict[str, str] = {}
    for line in lines[1:end]:
        key, _, value = line.partition(":")
        if key not in FIELDS:
            raise ValueError(f"文首信息中有不认识的项 {key}")
        fields[key] = value.strip()
    return fields, [line for line in lines[end + 1 :] if line]


def _articles(lines: list[str]) -> list[Article]:
    chapter = section = locator = ""
    paragraphs: list[str] = []
    found: list[Article] = []

    def close() -> None:
        if locator:
            path = [heading for heading in (chapter, section) if heading]
            found.append(Article(locator=locator, text="\n".join(paragraphs), path=path))

    for line in lines:
        opened = ARTICLE.fullmatch(line)
        if opened or line.startswith("#"):
            close()
            locator, paragraphs = "", []
        if opened:
            locator, paragraphs = opened[1], [opened[2]]
        elif line.startswith("### "):
            section = line.removeprefix("### ")
        elif line.startswith("## "):
            chapter, section = line.removeprefix("## "), ""
        elif line.startswith("# "):
            continue
        elif locator:
            paragraphs.append(line)
        else:
            raise ValueError(f"这一行不属于任何条款：{line[:20]}")
    close()
    return found


def _digest_entries(lines: list[str]) -> list[Article]:
    group = ""
    entries: list[Article] = []
    for line in lines:
        if line.startswith("### "):
            locator, _, title = line.removeprefix("### ").partition(" | ")
            entries.append(Article(locator=locator, title=title, text="", path=[group]))
        elif line.startswith("## "):
            group = line.removeprefix("## ")
        elif line.startswith("# "):
            continue
        elif entries:
            last = entries[-1]
            entries[-1] = last.model_copy(update={"text": f"{last.text}\n{line}".strip()})
        else:
            raise ValueError(f"这一行不属于任何条目：{line[:20]}")
    return entries


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
