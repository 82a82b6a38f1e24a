"""The result table: sortable headers, numbers aligned and formatted, every value plain text."""

from __future__ import annotations

from typing import Any

from assistant.outcome import ResultTable, TableColumn
from ui.web.format import MISSING, as_number, cell_text, is_numeric, is_year
from ui.web.markup import Markup, h

SHOWN_ROWS = 100


def table_html(table: ResultTable, downloads: Markup | None = None) -> Markup:
    """The table with its caption line and the download links. More than SHOWN_ROWS rows are left to the download."""
    rows = table.rows[:SHOWN_ROWS]
    head = h("tr", [_heading(column, i) for i, column in enumerate(table.columns)])
    body = [h("tr", [_cell(v, c) for v, c in zip(row, table.columns, strict=False)]) for row in rows]
    return h(
        "section",
        h("div", h("span", _count(table, len(rows)), class_="count"), downloads, class_="table-bar"),
        h(
            "div",
            h("table", h("thead", head), h("tbody", body), class_="result"),
            class_="table-scroll",
            tabindex="0",
            role="region",
            aria_label="结果表，可左右滚动",
        ),
        class_="table-block",
    )


def _count(table: ResultTable, shown: int) -> str:
    if table.truncated:
        return f"结果较多，只列出前 {len(table.rows):,} 行" + (
            f"，此处显示 {shown} 行" if shown < len(table.rows) else ""
        )
    if shown < len(table.rows):
        return f"共 {table.row_count:,} 行，此处显示前 {shown} 行，下载可得全部"
    return f"共 {table.row_count:,} 行"


def _to_the_right(column: TableColumn) -> bool:
    """Amounts stand to the right; a year is a name."""
    return is_numeric(column) and not is_year(column)


def _heading(column: TableColumn, position: int) -> Markup:
    unit = h("small", f"（{column.unit}）") if column.unit else None
    button = h("button", column.label or column.name, unit, type="button", data_sort=position, title="点击排序")
    return h("th", button, scope="col", aria_sort="none", class_="number" if _to_the_right(column) else None)


def _cell(value: Any, column: TableColumn) -> Markup:
    text = cell_text(value, column)
    number = as_number(value)
    missing = text == MISSING and value is None
    classes = " ".join(n for n, on in (("number", _to_the_right(column)), ("missing", missing)) if on)
    return h("td", text, class_=classes or None, data_value=number, title="数据缺失" if missing else None)
