"""A policy file → its lines: text in reading order, with the headings known as such."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.ingest.decoding import read_text
from corpus.ingest.hidden_text import drop_hidden_elements
from corpus.ingest.report import IngestError


@dataclass(frozen=True)
class Line:
    """One paragraph. `heading` is its level (1 is the title's) where the file marks headings, else 0."""

    text: str
    heading: int = 0


@dataclass(frozen=True)
class PolicySource:
    """The lines of a file, its title where the file names one, and what its comments and properties say.

    `hidden`: characters that no reader of the file sees; they are not among the lines.
    """

    lines: list[Line]
    format: str
    title: str = ""
    notes: str = ""
    hidden: int = 0


def read_policy(path: Path) -> PolicySource:
    """Read Markdown, text, HTML, DOCX or PDF; IngestError if there is no text in it."""
    suffix = path.suffix.lower()
    if path.stat().st_size == 0:
        raise IngestError("文件是空的。")
    if suffix == ".docx":
        from corpus.ingest.docx_lines import read_docx

        source = read_docx(path)
    elif suffix == ".pdf":
        from corpus.ingest.pdf_lines import read_pdf

        source = read_pdf(path)
    elif suffix in (".html", ".htm", ".xhtml"):
        source = _html(path)
    elif suffix in (".md", ".markdown"):
        source = _markdown(path)
    else:
        source = _text(path)
    if not any(line.text for line in source.lines):
        raise IngestError("文件里没有文字。")
    return source


def clean(text: str) -> str:
    """A paragraph's characters as they are, without the blanks around it and with one blank inside for many."""
    return re.sub(r"[ \t\u00a0\u3000\u2002\u2003]+", " ", text.replace("\ufeff", "").replace("\u200b", "")).strip()


def _markdown(path: Path) -> PolicySource:
    text, encoding = read_text(path)
    notes = "\n".join(re.findall(r"<!--(.*?)-->", text, re.S))
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    front = re.match(r"\A\s*---\n(.*?)\n---\n", text, re.S)
    if front:
        notes += "\n" + front[1]
        text = text[front.end() :]
    lines = []
    for raw in text.splitlines():
        found = re.match(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$", raw)
        body = found[2] if found else re.sub(r"^\s*(?:>\s?)+", "", raw)
        body = re.sub(r"\*\*(.+?)\*\*|__(.+?)__", lambda m: m[1] or m[2], body)
        body = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", body)
        lines.append(Line(clean(body), len(found[1]) if found else 0))
    return PolicySource(lines, f"Markdown（{encoding.upper()}）", notes=notes)


def _text(path: Path) -> PolicySource:
    text, encoding = read_text(path)
    return PolicySource([Line(clean(line)) for line in text.splitlines()], f"文本（{encoding.upper()}）")


_BLOCKS = ["p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "section", "article", "blockquote", "pre", "td", "table", "ul", "ol", "body", "main", "dd", "dt", "center"]  # fmt: skip


def _html(path: Path) -> PolicySource:
    from bs4 import BeautifulSoup, Comment, NavigableString

    raw = path.read_bytes()
    declared = re.search(rb"charset=[\"']?([\w-]+)", raw[:4096])
    try:
        named = declared[1].decode().lower() if declared else None
        # Pages that say gb2312 or gbk hold characters of its later edition.
        soup = BeautifulSoup(raw, "html.parser", from_encoding="gb18030" if named in ("gb2312", "gbk") else named)
    except (LookupError, ValueError):
        soup = BeautifulSoup(read_text(path)[0], "html.parser")
    meta = []
    for tag in soup.find_all("meta"):
        name, content = tag.get("name") or tag.get("property"), tag.get("content")
        if name and content:
            meta.append(f"{name}: {content}")
    title = clean(soup.title.get_text()) if soup.title else ""
    for tag in soup(["script", "style", "nav", "header", "footer", "noscript", "aside", "form", "button", "select"]):
        tag.decompose()
    hidden = drop_hidden_elements(soup)
    root = _main(soup)
    lines: list[Line] = []
    pending: list[str] = []

    def flush(level: int = 0) -> None:
        text = clean("".join(pending))
        pending.clear()
        if text:
            lines.append(Line(text, level))

    def walk(node: Any) -> None:
        for child in node.children:
            if isinstance(child, NavigableString):
                if not isinstance(child, Comment):
                    pending.append(re.sub(r"\s*\n\s*", "" if re.search(r"[\u4e00-\u9fff]", child) else " ", str(child)))
                continue
            if child.name == "br":
                flush()
            elif child.name == "tr":
                flush()
                cells = [clean(cell.get_text(" ")) for cell in child.find_all(["td", "th"])]
                pending.append(" | ".join(cell for cell in cells if cell))
                flush()
            elif child.name in _BLOCKS:
                flush()
                walk(child)
                flush(int(child.name[1]) if re.fullmatch(r"h[1-6]", child.name) else 0)
            else:
                walk(child)

    walk(root)
    flush()
    heading = soup.find("h1")
    if heading is not None and clean(heading.get_text()):
        title = clean(heading.get_text())
    return PolicySource(
        lines,
        "HTML",
        re.split(r"[_|\-—]{1,2}\s*(?=[^_|\-—]*(?:网|政府|门户))", title)[0].strip(),
        "\n".join(meta),
        hidden,
    )


def _main(soup: Any) -> Any:
    """The smallest element that still holds nearly all of the long text: the page without its menus and feet."""
    root = soup.body or soup
    total = _prose(root)
    while True:
        child = max(root.find_all(True, recursive=False), key=_prose, default=None)
        if child is None or child.name in ("p", "span", "a", "font", "strong") or _prose(child) < 0.9 * total:
            return root
        root = child


def _prose(node: Any) -> int:
    return sum(len(text) for text in node.stripped_strings if len(text) >= 12)
