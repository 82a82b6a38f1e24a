"""The answer to a data question: a sentence, the table, a chart, and what it all rests on."""

from __future__ import annotations

from assistant.compose.chart import chart_for
from assistant.compose.numbers import number_text
from assistant.compose.scope_words import data_extent
from assistant.compose.sentence import is_time, sentence
from assistant.compose.sources import card, dataset_citation, query_citation
from assistant.compose.suggest import data_suggestions
from assistant.compose.table import result_table
from assistant.conversation_state.state import State, state_of
from assistant.follow_up import state_chips
from assistant.outcome import Answer, Citation, DatasetCard, Sql
from assistant.planning.describe import describe
from assistant.planning.judging.demands import unmet_demands
from assistant.planning.plan import (
    Among,
    Col,
    Difference,
    Measure,
    Plan,
    SetPlan,
    columns_in,
    columns_of,
    expressions_of,
)
from assistant.services import Services
from assistant.turn import Turn
from corpus.semantics import Additivity, Role, SemanticModel
from tools.query.result import QueryResult


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
    state = state_of(plan, model) if isinstance(plan, Plan | SetPlan | Difference) else None
    extent = (
        data_extent(plan.root, state.timed if state else None, turn.scoped.planner) if isinstance(plan, Plan) else None
    )
    if (
        extent
        and state
        and _over_all_times(plan, state, model)
        and not any(w.startswith("未说明时间") for w in warnings)
    ):
        warnings.append(f"未说明时间，包含{extent[0]}至{extent[1]}的全部数据")
    warnings += _added_up(plan, state, model) + _notes(plan, result, model)
    if result.truncated:
        warnings.append(f"结果超过{len(result.rows)}行，只列出前{len(result.rows)}行，请缩小范围")
    citations, cards = _sources(result, services, model)
    explanation = turn.explanation or (describe(plan, model) if plan else "采用已核验的查询语句")
    return Answer(
        text=sentence(table, plan, state, model, "至".join(extent) if extent else "")
        + "".join(f"[{c.n}]" for c in citations),
        status="partial" if unused or missed else "complete",
        label="verified" if turn.label == "verified" else "model" if turn.label == "model" else "rules",
        explanation=explanation,
        sql=Sql(text=pretty(turn.sql), tables=result.tables, columns=result.columns),
        table=table,
        chart=chart_for(table, plan),
        datasets=cards,
        citations=citations,
        warnings=warnings,
        suggestions=data_suggestions(turn, state, model, all(v is None for r in table.rows for v in r)),
        state=state_chips(turn),
    )


def _added_up(plan: object, state: State | None, model: SemanticModel) -> list[str]:
    """A stock that was added up over several points of time is no stock: the asker is told."""
    if not isinstance(plan, Plan) or state is None or any(is_time(k, model) for k in plan.keys):
        return []
    table = model.table(plan.root)
    time = next((c for c in table.columns if c.name == table.time_column and c.name in table.primary_key), None)
    points = {"year": 366, "quarter": 92, "month": 31}.get(time.grain if time else "", 1)
    if time is None or state.period is None or state.period.days is None or state.period.days <= points:
        return []
    found = []
    for value in plan.values:
        if isinstance(value, Measure) and value.aggregate == "sum" and isinstance(value.of, Col):
            column = model.table(value.of.table).column(value.of.name)
            if column.additivity == Additivity.SNAPSHOT and value.of.table == plan.root:
                found.append(f"“{column.label}”是时点数，这里把{state.period.words}各期的数相加了，请改问其中一期")
    return found


def _over_all_times(plan: object, state: State, model: SemanticModel) -> bool:
    """Whether numbers of many times were put together without a word about time."""
    if not isinstance(plan, Plan) or not plan.values or state.period is not None or isinstance(plan.where, Among):
        return False  # (groups that are counted were told of already)
    if any(is_time(k, model) for k in plan.keys):
        return False
    return not any(c.role == Role.NAME for c in model.table(plan.root).columns)


def pretty(sql: str) -> str:
    """The SQL laid out for reading."""
    import sqlglot

    return sqlglot.parse_one(sql, dialect="duckdb").sql(dialect="duckdb", pretty=True)


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


__all__ = ["data_answer", "number_text", "pretty", "result_table"]
