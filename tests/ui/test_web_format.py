"""Values as people read them."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.outcome import TableColumn
from ui.web.format import as_number, cell_text, milliseconds, number_text, short_number

NUMBER = TableColumn(name="n", label="数量", type="number", unit="所")
YEAR = TableColumn(name="y", label="年份", type="number")
TEXT = TableColumn(name="t", label="名称", type="text")


@pytest.mark.parametrize(
    ("value", "column", "shown"),
    [
        (1234567, NUMBER, "1,234,567"),
        (1234.5, NUMBER, "1,234.5"),
        (0.12345, NUMBER, "0.1235"),
        (-0.00001, NUMBER, "0"),
        (Decimal("12.50"), NUMBER, "12.5"),
        (None, NUMBER, "—"),
        (float("nan"), NUMBER, "—"),
        (0, NUMBER, "0"),
        (2025, YEAR, "2025"),
        (True, TEXT, "是"),
        (date(2026, 7, 1), TEXT, "2026-07-01"),
        (datetime(2026, 7, 1, 9, 5), TEXT, "2026-07-01 09:05:00"),
        ("", TEXT, ""),
    ],
)
def test_cells(value: object, column: TableColumn, shown: str) -> None:
    assert cell_text(value, column) == shown


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_a_number_read_back_is_nearly_itself(value: float) -> None:
    shown = float(number_text(value).replace(",", ""))
    assert abs(shown - value) <= (0.0051 if abs(value) >= 100 else 0.000051)


@pytest.mark.parametrize(
    ("value", "shown"), [(12000, "1.2万"), (3.4e8, "3.4亿"), (950, "950"), (-25000, "-2.5万"), (0, "0")]
)
def test_axis_numbers(value: float, shown: str) -> None:
    assert short_number(value) == shown


def test_durations() -> None:
    assert [milliseconds(v) for v in (0.2, 42.4, 1300)] == ["不到 1 毫秒", "42 毫秒", "1.3 秒"]


def test_only_finite_numbers_are_numbers() -> None:
    assert as_number(3) == 3.0
    assert [as_number(v) for v in (True, "3", None, float("inf"))] == [None] * 4
