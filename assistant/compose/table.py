"""The result as a table for people: labels, units, codes in words."""

from __future__ import annotations

import re
from typing import Any

from assistant.compose.headings import described_sql, names_something
from assistant.outcome import ResultTable, TableColumn
from assistant.planning.compiling.rollup import key_label, value_label
from assistant.planning.plan import Col, Growth, Measure, Plan, Ratio, columns_of, expressions_of
from corpus.semantics import Column, Role, SemanticModel
from tools.query.result import QueryResult

_UNIT = re.compile(r"（(?P<unit>[^（）]{1,6})）$")  # a unit that a heading says
_NUMERIC = re.compile(r"INT|DOUBLE|FLOAT|DECIMAL|REAL|NUMERIC", re.I)


def result_table(result: QueryResult, plan: object, model: SemanticModel) -> ResultTable:
    """The rows with labels, units and codes in words."""
    described = _described(plan, model) if isinstance(plan, Plan) else described_sql(result.sql, model)
    columns, meant = [], []
    for name, kind in zip(result.columns, result.types, strict=True):
        unit, column = described.get(name, ("", None))
        is_number = bool(_NUMERIC.search(kind)) and not (column and column.codes)
        is_number = is_number and (isinstance(plan, Plan) or not names_something(name, column))
        quarters = _is_quarter(column) and kind.upper().startswith("DATE")
        type_ = (
            "number"
            if is_number
            else "boolean"
            if kind.upper() == "BOOLEAN"
            else "date"
            if kind.upper().startswith(("DATE", "TIMESTAMP")) and not quarters
            else "text"
        )
        label = name.removesuffix("(%)") if unit == "%" else name
        if not unit and is_number and (told := _UNIT.search(label)):
            unit, label = told["unit"], label[: told.start()]
        columns.append(TableColumn(name=name, label=label, type=type_, unit=unit))
        meant.append((column, unit))
    rows = [[_shown(v, column, unit) for v, (column, unit) in zip(row, meant, strict=True)] for row in result.rows]
    return ResultTable(columns=columns, rows=rows, row_count=len(rows), truncated=result.truncated)


def _is_quarter(column: Column | None) -> bool:
    return column is not None and column.role == Role.TIME and column.grain == "quarter"


def _shown(value: Any, column: Column | None, unit: str) -> Any:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is not None and column is not None and column.codes:
        return column.codes.get(str(value), value)
    if isinstance(value, float):
        return round(value, 2 if unit == "%" else 4)
    if _is_quarter(column) and re.match(r"\d{4}-\d\d-\d\d", str(value)):
        return f"{str(value)[:4]}年第{'一二三四'[(int(str(value)[5:7]) - 1) // 3]}季度"
    return value


def _described(plan: Plan, model: SemanticModel) -> dict[str, tuple[str, Column | None]]:
    """Heading → unit and column, for the columns whose values mean something by themselves."""
    found: dict[str, tuple[str, Column | None]] = {}
    for key in plan.keys:
        if isinstance(key, Col):
            column = model.table(key.table).column(key.name)
            found[key_label(key, model)] = (column.unit, column)
    for value in plan.values:
        found[value_label(value, model)] = (_unit(value, model), None)
    return found


def _unit(value: Measure | Ratio | Growth, model: SemanticModel) -> str:
    if isinstance(value, Growth):
        return "%" if value.percent else _unit(value.of, model)
    if isinstance(value, Ratio):
        return "%" if value.percent else ""
    if value.unit:
        return value.unit
    if value.aggregate in ("count", "count_distinct"):
        named = next((t for t in model.tables if t.entity and value.label == f"{t.entity}数量"), None)
        if named is not None:
            return named.measure_word
        if value.of is None:
            return model.table(value.table).measure_word if value.table else ""
        return "个"
    columns = [model.table(c.table).column(c.name) for e in expressions_of(value) for c in columns_of(e)]
    return columns[0].unit if columns else ""
