"""Downloads that no spreadsheet and no Markdown reader can be made to act on."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from scripted_assistant import HOSTILE, draft, hostile_answer, school_answer

from assistant.outcome import Answer, ResultTable, TableColumn
from ui.rest.table_files import harmless, table_csv, table_xlsx
from ui.rest.transcript import plain, transcript

FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "＝1+1", " =1+1", "|calc", HOSTILE[2])


def one_column(values: list[Any]) -> ResultTable:
    column = TableColumn(name="a", label="甲", type="text", unit="个")
    return ResultTable(columns=[column], rows=[[v] for v in values], row_count=len(values))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("text", ["-5", "+8613800000000", "-0.25", "云澜市", "", "a=b", "2026-07-01"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert harmless(text) == text


def test_csv_reads_back_with_its_numbers() -> None:
    answer = school_answer()
    assert answer.table
    body = table_csv(answer.table)
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows[0] == ["区县", "学校数（所）", "在校生（人）"]
    assert float(rows[1][2]) == answer.table.rows[0][2]
    assert len(rows) == 1 + answer.table.row_count


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(st.text(max_size=30), st.sampled_from(FORMULAS), st.floats(allow_nan=False), st.none()), max_size=8
    )
)
def test_no_csv_cell_is_a_formula(values: list[Any]) -> None:
    rows = list(csv.reader(io.StringIO(table_csv(one_column(values)).decode("utf-8-sig"), newline="")))
    for row, value in zip(rows[1:], values, strict=True):
        cell = row[0] if row else ""
        if isinstance(value, str):
            assert harmless(cell) == cell


@settings(deadline=None)
@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from(FORMULAS), st.integers(-(2**40), 2**40)), max_size=8))
def test_no_sheet_cell_is_a_formula(values: list[Any]) -> None:
    answer = Answer(text="", question="=1+1", table=one_column(values))
    book = load_workbook(io.BytesIO(table_xlsx(answer)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert [c.value for c in book["结果"]["A"][1:] if isinstance(c.value, int)] == [
        v for v in values if isinstance(v, int)
    ]


def test_the_workbook_says_where_the_table_comes_from() -> None:
    book = load_workbook(io.BytesIO(table_xlsx(school_answer())))
    notes = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert notes["数据版本"] == "2026.06-3f9c"
    assert "GROUP BY" in notes["查询语句"]
    assert notes["来源 1"] == "义务教育学校基本信息"


def test_a_transcript_holds_no_picture_link_or_tag() -> None:
    text = transcript(HOSTILE[1], [hostile_answer().model_copy(update={"question": HOSTILE[0]}), draft()])
    outside_code = "".join(part for i, part in enumerate(text.split("```")) if i % 2 == 0)
    for sign in ("![", "](", "<img", "<script", "http://evil"):
        assert sign not in outside_code
    assert "待填写" in text


@settings(deadline=None)
@given(st.text(max_size=60))
def test_plain_text_is_one_line(text: str) -> None:
    assert "\n" not in plain(text)
