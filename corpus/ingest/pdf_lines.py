"""A PDF's text as paragraphs: page marks go, lines broken by the page's width are joined again."""

from __future__ import annotations

import logging
import re
from collections import Counter
from pathlib import Path

from corpus.ingest.hidden_text import pdf_text
from corpus.ingest.policy_lines import Line, PolicySource, clean
from corpus.ingest.report import IngestError

# What begins a new paragraph whatever the line before it was.
STARTS = re.compile(
    r"^(第[一二三四五六七八九十百千零〇\d]+[编分章节条]|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、|\d+[.、．]\s?|附件|目\s*录|抄送|主题词)"
)
_PAGE_MARK = re.compile(r"^[-—－–\s]*(第?\s*\d{1,4}\s*页?)(\s*[/／共]\s*\d{1,4}\s*页?)?[-—－–\s]*$")


def read_pdf(path: Path) -> PolicySource:
    """The text layer of a PDF; IngestError if it is locked, damaged or has no text."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise IngestError("PDF 已加密，需要密码。请先解除加密，再导入。")
        read = [pdf_text(page) for page in reader.pages]
        pages, hidden = [text.splitlines() for text, _ in read], sum(count for _, count in read)
        title = str(reader.metadata.title or "") if reader.metadata else ""
    except DependencyError as error:
        raise IngestError("PDF 已加密，需要密码。请先解除加密，再导入。") from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise IngestError("PDF 已损坏，无法读取。请重新下载或另存后再导入。") from error
    if sum(len(line.strip()) for page in pages for line in page) < 10:
        raise IngestError("PDF 里没有可提取的文字（可能是扫描件）。请先用文字识别（OCR）转换，再导入。")
    lines = _without_margins([[clean(line) for line in page] for page in pages])
    return PolicySource(
        [Line(text) for text in join_wrapped(lines)], "PDF", clean(title) if _chinese(title) else "", hidden=hidden
    )


def _chinese(text: str) -> bool:
    return len(re.findall(r"[\u4e00-\u9fff]", text)) >= 4


def _without_margins(pages: list[list[str]]) -> list[str]:
    """Drop page numbers, and lines that stand at the top or foot of most pages."""
    edges = Counter(re.sub(r"\d+", "#", line) for page in pages for line in {*page[:2], *page[-2:]} if line)
    running = {text for text, count in edges.items() if count >= 3 and count * 2 > len(pages)}
    kept = []
    for page in pages:
        for position, line in enumerate(page):
            edge = position < 2 or position >= len(page) - 2
            if _PAGE_MARK.match(line) and line and edge:
                continue
            if edge and re.sub(r"\d+", "#", line) in running:
                continue
            kept.append(line)
    return kept


def join_wrapped(lines: list[str]) -> list[str]:
    """Join lines that only the page's width broke.

    A line goes on into the next when it is about as long as the text is wide, or does not end a sentence, and the next
    does not begin something new.
    """
    lengths = sorted(len(line) for line in lines if line)
    width = lengths[int(len(lengths) * 0.9)] if lengths else 0
    joined: list[str] = []
    open_line = False
    for line in lines:
        if not line:
            open_line = open_line and bool(joined) and not re.search(r"[。；：！？”）]$", joined[-1])
            continue
        if open_line and not STARTS.match(line):
            glue = " " if re.search(r"[A-Za-z0-9,.]$", joined[-1]) and re.match(r"[A-Za-z]", line) else ""
            joined[-1] += glue + line
        else:
            joined.append(line)
        full = len(line) >= 0.8 * width
        heading = re.match(r"^第[一二三四五六七八九十百]+[编章节]", joined[-1]) and len(joined[-1]) < 30
        open_line = full and not heading
    return joined
