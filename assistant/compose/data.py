"""The answer to a data question: a sentence, the table, a chart, and what it all rests on."""

from __future__ import annotations

import re
from typing import Any

from assistant.compose.chart import chart_for
from assistant.compose.headings import described_sql, names_something
from assistant.compose.sources import card, dataset_citation, query_citation
from assistant.compose.suggest import data_suggestions
from assistant.follow_up import state_chips
from assistant.outcome import Answer, Citation, DatasetCard, ResultTable, Sql, TableColumn
from assistant.planning.demands import unmet_demands
from assistant.planning.describe import describe
from assistant.planning.plan import (
    Col,
    Growth,
    Measure,
    Plan,
    Ratio,
    TimeBucket,
    columns_in,
    columns_of,
    expressions_of,
)
from assistant.planning.rollup import key_label, value_label
from assistant.services import Services
from assistant.turn import Turn
from corpus.semantics import Column, SemanticModel
from tools.query.result import QueryResult

_NUMERIC = re.compile(r"INT|DOUBLE|FLOAT|DECIMAL|REAL|NUMERIC", re.I)


def data_answer(turn: Turn, services: Services) -> Answer:
    """Compose from the result; nothing is said that the result does not hold."""
    result = turn.result
    assert result is not None and turn.scoped is not None
    model = turn.scoped.model
    plan = turn.chosen.reading.query if turn.chosen else None
    table = result_table(result, plan, model)
    warnings = list(turn.chosen.reading.assumptions) if turn.chosen else []
    unused = [w for w in dict.fromkeys(turn.chosen.reading.unused) if w.strip()] if turn.chosen else []
    if unused:
        words = "、".join(f"“{w}”" for w in unused)
        warnings.append(f"没有用上的词：{words}。答案没有考虑它们，请核对或换一种说法")
    mentions = turn.planning.mentions if turn.planning else ()
    missed = unmet_demands(turn.text, plan, model, turn.sql, mentions) if plan and turn.label == "rules" else []
    missed = [w for w in missed if w not in unused]
    if missed:
        words = "、".join(f"“{w}”" for w in dict.fromkeys(missed))
        warnings.append(f"查询里没有体现{words}的意思，请核对“我的理解”，或换一种说法")
    warnings += _notes(plan, result, model)
    if result.truncated:
        warnings.append(f"结果超过{len(result.rows)}行，只列出前{len(result.rows)}行，请缩小范围")
    citations, cards = _sources(result, services, model)
    explanation = turn.explanation or (describe(plan, model) if plan else "采用已核验的查询语句")
    return Answer(
        text=_sentence(table, plan, model) + "".join(f"[{c.n}]" for c in citations),
        status="partial" if unused or missed else "complete",
        label="verified" if turn.label == "verified" else "model" if turn.label == "model" else "rules",
        explanation=explanation,
        sql=Sql(text=pretty(turn.sql), tables=result.tables, columns=result.columns),
        table=table,
        chart=chart_for(table, plan),
        datasets=cards,
        citations=citations,
        warnings=warnings,
        suggestions=data_suggestions(turn, plan, model),
        state=state_chips(turn),
    )


def pretty(sql: str) -> str:
    """The SQL laid out for reading."""
    import sqlglot

    return sqlglot.parse_one(sql, dialect="duckdb").sql(dialect="duckdb", pretty=True)


def result_table(result: QueryResult, plan: object, model: SemanticModel) -> ResultTable:
    """The rows with labels, units and codes in words."""
    described = _described(plan, model) if isinstance(plan, Plan) else described_sql(result.sql, model)
    columns, coded = [], []
    for name, kind in zip(result.columns, result.types, strict=True):
        unit, column = described.get(name, ("", None))
        is_number = bool(_NUMERIC.search(kind)) and not (column and column.codes)
        is_number = is_number and (isinstance(plan, Plan) or not names_something(name, column))
        type_ = (
            "number"
            if is_number
            else "boolean"
            if kind.upper() == "BOOLEAN"
            else "date"
            if kind.upper().startswith(("DATE", "TIMESTAMP"))
            else "text"
        )
        columns.append(TableColumn(name=name, label=name, type=type_, unit=unit))
        coded.append(column.codes if column else {})
    rows = [[_shown(v, codes) for v, codes in zip(row, coded, strict=True)] for row in result.rows]
    return ResultTable(columns=columns, rows=rows, row_count=len(rows), truncated=result.truncated)


def _shown(value: Any, codes: dict[str, str]) -> Any:
    if isinstance(value, bool):
        return "是" if value else "否"
    if codes and value is not None:
        return codes.get(str(value), value)
    if isinstance(value, float):
        return round(value, 4)
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


def _sentence(table: ResultTable, plan: object, model: SemanticModel) -> str:
    """One or two sentences whose numbers are cells of the table."""
    if not table.rows:
        return "没有符合条件的记录。"
    numbers = [i for i, c in enumerate(table.columns) if c.type == "number"]
    texts = [i for i, c in enumerate(table.columns) if c.type != "number"]
    if len(table.rows) == 1:
        row = table.rows[0]
        if len(row) == 1 and row[0] is None:
            return "没有符合条件的数据，算不出结果。"
        parts = [
            f"{table.columns[i].label}为{number_text(row[i], table.columns[i].unit)}"
            for i in range(len(row))
            if i in numbers
        ]
        names = [str(row[i]) for i in texts if row[i] is not None]
        if parts:
            return ("、".join(names) + "：" if names else "") + "，".join(parts) + "。"
        return "、".join(f"{table.columns[i].label}：{row[i]}" for i in texts if row[i] is not None) + "。"
    count = f"共{table.row_count}{'行以上' if table.truncated else '行'}"
    if plan is None and numbers and texts:  # a written query: nothing is known of its order, so nothing is said of it
        shown = [
            f"{_named(r, texts)}（{number_text(r[numbers[0]], table.columns[numbers[0]].unit)}）"
            for r in table.rows[:8]
        ]
        more = "等" if len(table.rows) > 8 else ""
        return f"{table.columns[numbers[0]].label}：{'、'.join(shown)}{more}，{count}。"
    grouped = isinstance(plan, Plan) and bool(plan.values)
    if not numbers or not grouped or not (isinstance(plan, Plan) and plan.keys):
        if texts:
            first = [str(r[texts[0]]) for r in table.rows[:8] if r[texts[0]] is not None]
            more = "等" if len(table.rows) > 8 else ""
            return f"{count}：{'、'.join(dict.fromkeys(first))}{more}。"
        return f"{count}，见下表。"
    assert isinstance(plan, Plan)
    keys = [i for i in range(len(plan.keys)) if i < len(table.columns)]
    value = next((i for i in numbers if i not in keys), numbers[0])
    filled = [r for r in table.rows if isinstance(r[value], int | float)]
    if not filled:
        return f"{count}，见下表。"
    if len(keys) == 1 and isinstance(plan.keys[0], TimeBucket) and len(filled) > 1:
        return _over_time(table, keys[0], value, filled)
    return _over_names(table, keys, value, filled, plan)


def _named(row: list[Any], keys: list[int]) -> str:
    return "、".join(str(row[i]) for i in keys[:2] if row[i] is not None) or "未注明"


def _over_time(table: ResultTable, key: int, value: int, rows: list[list[Any]]) -> str:
    column, suffix = table.columns[value], "年" if table.columns[key].label == "年份" else ""
    first, last, top = rows[0], rows[-1], max(rows, key=lambda r: r[value])

    def at(row: list[Any]) -> str:
        return f"{row[key]}{suffix}为{number_text(row[value], column.unit)}"

    peak = "" if top in (first, last) else f"，最高是{top[key]}{suffix}（{number_text(top[value], column.unit)}）"
    return f"{column.label}：{at(first)}，{at(last)}{peak}。"


def _over_names(table: ResultTable, keys: list[int], value: int, rows: list[list[Any]], plan: Plan) -> str:
    column = table.columns[value]
    counted = "数" in column.label[-2:]
    most, least = ("最多", "最少") if counted else ("最高", "最低")
    if len(rows) <= 3:
        listed = "，".join(f"{_named(r, keys)}{number_text(r[value], column.unit)}" for r in rows)
        return f"{column.label}：{listed}。"
    if plan.limit is not None:
        first = "、".join(f"{_named(r, keys)}（{number_text(r[value], column.unit)}）" for r in table.rows[:3])
        return f"按{column.label}排在前面的是{first}，共列出{len(table.rows)}项。"
    if table.truncated:  # the rows that are missing may be higher or lower
        return f"共{len(table.rows)}项以上，见下表。"
    high, low = max(r[value] for r in rows), min(r[value] for r in rows)
    if high == low:
        return f"{column.label}都是{number_text(high, column.unit)}，共{len(table.rows)}项。"

    def at(number: Any) -> str:
        tied = [r for r in rows if r[value] == number]
        others = f"等{len(tied)}项" if len(tied) > 1 else ""
        return f"{_named(tied[0], keys)}{others}（{number_text(number, column.unit)}）"

    return f"{column.label}{most}的是{at(high)}，{least}的是{at(low)}，共{len(table.rows)}项。"


def number_text(value: Any, unit: str = "") -> str:
    """A number for reading: thousands separated, at most two decimals, with its unit."""
    if value is None:
        return "无数据"
    if not isinstance(value, int | float):
        return f"{value}"
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return text + unit


def _notes(plan: object, result: QueryResult, model: SemanticModel) -> list[str]:
    """Known faults of the columns that the answer rests on."""
    if not isinstance(plan, Plan):
        return []
    used = [c for v in plan.values for e in expressions_of(v) for c in columns_of(e)] + columns_in(plan.where)
    used += [c for k in plan.keys for c in columns_of(k)]
    notes = [model.table(c.table).column(c.name).note for c in dict.fromkeys(used)]
    notes += [model.table(t).note for t in result.tables if any(x.name == t for x in model.tables)]
    return list(dict.fromkeys(f"数据说明：{n}" for n in notes if n))


def _sources(result: QueryResult, services: Services, model: SemanticModel) -> tuple[list[Citation], list[DatasetCard]]:
    citations: list[Citation] = []
    cards: list[DatasetCard] = []
    known = {t.name: t for t in model.tables}
    for name in result.tables:
        table = known.get(name)
        dataset = services.datasets.get(table.dataset or "") if table else None
        if dataset is None:
            continue
        citations.append(dataset_citation(len(citations) + 1, dataset))
        cards.append(card(dataset, 1.0))
    citations.append(query_citation(len(citations) + 1, result.sql, result.data_version, len(result.rows)))
    return citations, cards
