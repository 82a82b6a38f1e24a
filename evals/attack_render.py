"""Everything that leaves the service for one outcome, and what in it a browser or a spreadsheet would act on."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

from openpyxl import load_workbook

from assistant.outcome import Answer, Outcome
from ui.rest.table_files import harmless, table_csv, table_xlsx
from ui.rest.transcript import transcript
from ui.web.markup import clean
from ui.web.present import turn_view
from ui.web.sources import DatasetLookup, no_lookup
from ui.web.turn_html import turn_html

_ACTIVE = frozenset(
    [
        "script",
        "img",
        "iframe",
        "object",
        "embed",
        "link",
        "meta",
        "base",
        "form",
        "style",
        "video",
        "audio",
        "source",
        "frame",
        "applet",
    ]
)
_ADDRESSES = frozenset(["href", "src", "action", "formaction", "poster", "data", "srcset", "background", "xlink:href"])
_LIVE_MARKDOWN = re.compile(r"(?<!\\)!\[|(?<!\\)\]\(|(?<!\\)<(?!br)[A-Za-z/!]|(?<![\\\w])https?://", re.I)
_FENCE = re.compile(r"^(`{3,})sql\n.*?\n\1$", re.M | re.S)
_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$")


def renderings(outcome: Outcome, lookup: DatasetLookup = no_lookup, *, workbook: bool = True) -> dict[str, str]:
    """Every form in which the outcome leaves: JSON, page, transcript and, with a table, CSV and XLSX (its cells' texts).

    Without `workbook` XLSX is left out, which takes longest and holds what the others hold.
    """
    forms = {
        "json": outcome.model_dump_json(),
        "page": turn_html(turn_view(outcome, lookup), "k"),
        "transcript": transcript(outcome.question, [outcome]),
    }
    if isinstance(outcome, Answer) and outcome.table is not None:
        forms["csv"] = table_csv(outcome.table).decode("utf-8-sig")
        if workbook:
            forms["xlsx"] = "\n".join(text for text, _ in _cells(table_xlsx(outcome)))
    return forms


def active_content(
    outcome: Outcome, allowed: frozenset[str] = frozenset(), lookup: DatasetLookup = no_lookup
) -> list[str]:
    """What would be run, fetched or computed where the outcome is opened (Chinese); empty when it is only text.

    `allowed`: addresses that the catalogue itself gives.
    """
    forms = renderings(outcome, lookup)
    wrong = _in_page(forms["page"], allowed)
    if _LIVE_MARKDOWN.search(_FENCE.sub("", forms["transcript"])):
        wrong.append("导出的对话里有链接、图片或标签")
    if isinstance(outcome, Answer) and outcome.table is not None:
        cells = [cell for row in csv.reader(io.StringIO(forms["csv"], newline="")) for cell in row]
        if any(harmless(cell) != cell and not _NUMBER.match(cell) for cell in cells):
            wrong.append("CSV 里有公式")
        if any(kind == "f" for _, kind in _cells(table_xlsx(outcome))):
            wrong.append("XLSX 里有公式")
        if outcome.chart is not None:
            names = {column.name for column in outcome.table.columns}
            if not {outcome.chart.x, *outcome.chart.y, *filter(None, [outcome.chart.color])} <= names:
                wrong.append("图表用到了结果表没有的列")
    return wrong


def _cells(book: bytes) -> list[tuple[str, str]]:
    """(text, data type) of every cell that holds something."""
    sheets = load_workbook(io.BytesIO(book))
    cells = (cell for sheet in sheets for row in sheet.iter_rows() for cell in row)
    return [(str(cell.value), cell.data_type) for cell in cells if cell.value is not None]


class _Page(HTMLParser):
    """What a browser would load or run."""

    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._allowed = allowed

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ACTIVE:
            self.found.append(f"页面里有 {tag} 元素")
        for name, value in attrs:
            if name.startswith("on"):
                self.found.append(f"页面里有事件属性 {name}")
            if name in _ADDRESSES and not self._inside(value or ""):
                self.found.append("页面里有指向外部的地址")
            if name == "style" and re.search(r"url\(|expression", value or "", re.I):
                self.found.append("页面的样式里有地址")

    def _inside(self, address: str) -> bool:
        plain = clean(address).strip().lower()
        own = re.match(r"[a-z0-9.+-]*:|[/\\]{2}", plain) is None
        return own or address in self._allowed


def _in_page(html: str, allowed: frozenset[str]) -> list[str]:
    page = _Page(allowed)
    page.feed(html)
    page.close()
    return sorted(set(page.found))
