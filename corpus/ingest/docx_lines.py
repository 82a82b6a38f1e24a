"""A DOCX's paragraphs and tables in reading order, with the numbers that Word itself writes before paragraphs."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

from corpus.ingest.hidden_text import visible_runs
from corpus.ingest.policy_lines import Line, PolicySource, clean
from corpus.ingest.report import IngestError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_docx(path: Path) -> PolicySource:
    """Read the document's body; IngestError if it is damaged, locked or of the old format."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table

    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        with path.open("rb") as file:
            old = file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        what = "文件已加密，或是旧版 DOC 格式" if old else "文件已损坏，不是有效的 DOCX"
        raise IngestError(f"{what}。请在文字处理软件中解除加密并另存为 DOCX。") from error
    numbering = _Numbering(document)
    lines: list[Line] = []
    hidden = 0
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                cells: list[str] = []
                for cell in row.cells:
                    seen = [visible_runs(paragraph) for paragraph in cell.paragraphs]
                    hidden += sum(count for _, count in seen)
                    text = clean(" ".join(shown for shown, _ in seen).replace("\n", " "))
                    if text and (not cells or cells[-1] != text):  # a merged cell comes once per column
                        cells.append(text)
                lines.append(Line(" | ".join(cells)))
            continue
        style = (block.style.name if block.style is not None else "") or ""
        found = re.match(r"(?:Heading|标题)\s*(\d)", style)
        level = int(found[1]) if found else 1 if style in ("Title", "标题") else 0
        number = numbering.next(block)
        shown, count = visible_runs(block)
        hidden += count
        for position, text in enumerate(shown.split("\n")):
            body = clean(text)
            if number and position == 0 and body:
                body = f"{number} {body}" if number.endswith(("条", "章", "节", "编")) else number + body
            lines.append(Line(body, level))
    return PolicySource(lines, "DOCX", notes=f"{document.core_properties.title or ''}", hidden=hidden)


class _Numbering:
    """Counts the automatic numbers of a document: 「第一条」 is often only Word's numbering, not text."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}  # (numId, level) → format, text, start
        self._abstract: dict[str, str] = {}
        self._counts: dict[tuple[str, int], int] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        definitions = {node.get(_W + "abstractNumId"): node for node in root.findall(_W + "abstractNum")}
        for num in root.findall(_W + "num"):
            key = num.get(_W + "numId")
            reference = num.find(_W + "abstractNumId")
            definition = definitions.get(reference.get(_W + "val")) if reference is not None else None
            if definition is None:
                continue
            self._abstract[key] = reference.get(_W + "val")
            for level in definition.findall(_W + "lvl"):
                values = {
                    tag: node.get(_W + "val")
                    for tag in ("numFmt", "lvlText", "start")
                    if (node := level.find(_W + tag)) is not None
                }
                self._levels[key, int(level.get(_W + "ilvl"))] = (
                    values.get("numFmt") or "",
                    values.get("lvlText") or "",
                    int(values.get("start") or 1),
                )

    def next(self, paragraph: Any) -> str:
        """The number written before `paragraph`; "" if it has none or only a bullet."""
        properties = paragraph._p.pPr
        number = properties.numPr if properties is not None else None
        if number is None and paragraph.style is not None and paragraph.style.element.pPr is not None:
            number = paragraph.style.element.pPr.numPr
        if number is None or number.numId is None:
            return ""
        key = str(number.numId.val)
        level = number.ilvl.val if number.ilvl is not None else 0
        known = self._levels.get((key, level))
        if known is None or known[0] in ("bullet", "none", ""):
            return ""
        if not paragraph.text.strip():
            return ""
        counter = self._abstract[key]
        self._counts[counter, level] = self._counts.get((counter, level), known[2] - 1) + 1
        for deeper in [k for k in self._counts if k[0] == counter and k[1] > level]:
            # Articles run on through chapters, so a level that counts 条 is not set back.
            if "条" not in self._levels.get((key, deeper[1]), ("", "", 1))[1]:
                del self._counts[deeper]

        def shown(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            style = self._levels.get((key, at), known)[0]
            count = self._counts.get((counter, at), 1)
            return han(count) if "chinese" in style.lower() or "ideograph" in style.lower() else str(count)

        return re.sub(r"%(\d)", shown, known[1])


def han(number: int) -> str:
    """21 → 二十一, up to 9,999."""
    digits = "零一二三四五六七八九"
    text, pending = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if pending and text else "") + digits[digit] + name
            pending = False
        elif text:
            pending = True
    return text.removeprefix("一") if text.startswith("一十") else text or "零"
