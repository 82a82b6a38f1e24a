"""What is drawn from a spec and a table."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_assistant import HOSTILE, hostile_answer, school_answer, trend_answer

from assistant.outcome import Chart, ResultTable, TableColumn
from ui.web.chart import chart_html, chart_model
from ui.web.chart.model import MAX_BARS, MAX_SERIES, round_ticks


def table(rows: list[list[Any]], *columns: tuple[str, str]) -> ResultTable:
    made = [TableColumn(name=name, label=name, type=kind) for name, kind in columns]
    return ResultTable(columns=made, rows=rows, row_count=len(rows))


def model_of(chart: Chart, data: ResultTable):  # type: ignore[no-untyped-def]
    model = chart_model(chart, data)
    assert model is not None
    return model


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=20), st.booleans())
def test_ticks_cover_the_values_in_even_steps(values: list[float], from_zero: bool) -> None:
    ticks = round_ticks(values, from_zero=from_zero)
    span = ticks[-1] - ticks[0]
    assert 2 <= len(ticks) <= 8
    assert ticks[0] <= min(values) + span * 1e-6
    assert ticks[-1] >= max(values) - span * 1e-6
    if from_zero:
        assert ticks[0] <= 0 <= ticks[-1]


def test_bars_start_at_zero_and_the_longest_fills_the_width() -> None:
    answer = school_answer()
    assert answer.chart and answer.table
    model = model_of(answer.chart, answer.table)
    assert model.shape == "bars"
    assert model.position(0) == 0
    assert model.position(118) == 100
    assert "118" in chart_html(model)


def test_a_small_change_does_not_look_steep() -> None:
    data = table([[2023, 408419], [2024, 409706], [2025, 410428]], ("year", "number"), ("数", "number"))
    model = model_of(Chart(kind="line", x="year", y=["数"]), data)
    low, high = min(v or 0 for v in model.series[0].values), max(v or 0 for v in model.series[0].values)
    assert model.position(high) - model.position(low) < 10
    assert model.note == "纵轴不从 0 开始。"
    drawn = chart_html(model)
    assert "40.84万" in drawn
    assert "wide-only" not in drawn
    assert model.categories == ["2023", "2024", "2025"]


def test_a_gap_in_a_line_is_a_gap() -> None:
    answer = trend_answer()
    assert answer.chart and answer.table
    model = model_of(answer.chart, answer.table)
    assert model.shape == "line"
    assert model.series[1].values[4] is None
    paths = chart_html(model).split("<path")[1:]
    assert [path.count("M") for path in paths] == [1, 2]


def test_a_colour_column_makes_series() -> None:
    rows = [["2024", "甲", 1], ["2024", "乙", 2], ["2025", "甲", 3]]
    data = table(rows, ("年", "text"), ("区", "text"), ("数", "number"))
    model = model_of(Chart(kind="line", x="年", y=["数"], color="区"), data)
    assert [(s.name, s.values) for s in model.series] == [("甲", [1.0, 3.0]), ("乙", [2.0, None])]


def test_what_is_left_out_is_said() -> None:
    many = table([[f"第{i}项", i] for i in range(MAX_BARS + 5)], ("名", "text"), ("数", "number"))
    assert f"共 {MAX_BARS + 5} 项" in model_of(Chart(kind="bar", x="名", y=["数"]), many).note
    groups = [[str(y), f"组{g}", g] for y in (2024, 2025) for g in range(MAX_SERIES + 2)]
    data = table(groups, ("年", "text"), ("组", "text"), ("数", "number"))
    model = model_of(Chart(kind="line", x="年", y=["数"], color="组"), data)
    assert len(model.series) == MAX_SERIES
    assert f"共 {MAX_SERIES + 2} 组" in model.note


def test_small_slices_are_folded_and_shares_add_up() -> None:
    data = table([[f"类{i}", 10 + i] for i in range(12)], ("类", "text"), ("数", "number"))
    model = model_of(Chart(kind="pie", x="类", y=["数"]), data)
    assert model.categories[-1] == "其他（5 项）"
    assert sum(v or 0 for v in model.series[0].values) == sum(range(10, 22))


def test_negative_parts_make_no_pie() -> None:
    data = table([["甲", -1], ["乙", 2]], ("类", "text"), ("数", "number"))
    model = model_of(Chart(kind="pie", x="类", y=["数"]), data)
    assert model.shape == "bars"
    assert model.position(0) == pytest.approx(33.333)


@pytest.mark.parametrize("rows", [[], [["甲", None]], [["甲", "不是数"]]], ids=["no rows", "only gaps", "no numbers"])
def test_nothing_to_draw_is_no_chart(rows: list[list[Any]]) -> None:
    assert chart_model(Chart(kind="bar", x="类", y=["数"]), table(rows, ("类", "text"), ("数", "number"))) is None


def test_a_spec_that_names_no_column_is_no_chart() -> None:
    assert (
        chart_model(Chart(kind="bar", x="没有", y=["数"]), table([["甲", 1]], ("类", "text"), ("数", "number"))) is None
    )


def test_labels_are_escaped() -> None:
    answer = hostile_answer()
    assert answer.chart and answer.table
    drawn = chart_html(model_of(answer.chart, answer.table))
    assert all(bad not in drawn for bad in HOSTILE if "<" in bad)
    assert "&lt;img" in drawn
