"""The first sentence of a data answer: the answer itself, with what it is about. Its numbers are cells of the table."""

from __future__ import annotations

from typing import Any

from assistant.compose.numbers import number_text, spoken, superlatives
from assistant.compose.scope_words import scope_words
from assistant.conversation_state.labels import dimension_label
from assistant.conversation_state.state import State
from assistant.outcome import ResultTable
from assistant.planning.compiling.rollup import key_label, value_label
from assistant.planning.plan import Col, Growth, Measure, Plan, Ratio, TimeBucket
from corpus.semantics import Additivity, Role, SemanticModel

_NAMED = 8  # rows that a sentence names


def sentence(table: ResultTable, plan: object, state: State | None, model: SemanticModel, extent: str = "") -> str:
    """One or two sentences. `extent`: from when to when the data reach, said where nothing was found."""
    scope = scope_words(state, model)
    if not table.rows:
        about = f"（{scope}）" if scope else ""
        return f"没有符合条件的记录{about}，这不表示数值为0。" + (f"数据的时间范围是{extent}。" if extent else "")
    if not isinstance(plan, Plan):
        return _written(table)
    if len(table.rows) == 1 and not plan.keys:
        return _one_number(table, plan, scope, model, extent)
    timed = next((i for i, k in enumerate(plan.keys) if is_time(k, model)), None)
    keys = [i for i in range(len(plan.keys)) if i < len(table.columns) and not _is_amount(plan, i, model)]
    if timed is not None and len({str(r[timed]) for r in table.rows}) == 1 and _grown(plan):
        keys = [i for i in keys if i != timed] or [timed]
    value = _main(table, plan, keys, model)
    if value is None:
        return _listed(table, plan, keys, state, scope, model)
    filled = [r for r in table.rows if isinstance(r[value], int | float)]
    if not filled:
        return f"{said_once(scope, table.columns[value].label)}都没有数据（空值，不是0），见下表。"
    lost = len(table.rows) - len(filled)
    missing = f"另有{lost}项没有数据（空值，不是0）。" if lost else ""
    if keys == [timed] and len(filled) > 1:
        assert timed is not None
        return _over_time(table, timed, value, filled, scope_words(state, model, timed=False)) + missing
    if len(filled) == 1 and len(table.rows) == 1:
        return _one_row(table, plan, keys, value, scope, model)
    return _over_names(table, keys, value, filled, plan, scope, model) + missing


def said_once(scope: str, label: str) -> str:
    """What a number is and of what, said once: 云湖区民办 and 民办占比 make 云湖区民办占比."""
    shared = next((n for n in range(min(len(scope), len(label)), 1, -1) if scope.endswith(label[:n])), 0)
    return scope + label[shared:]


def is_time(key: object, model: SemanticModel) -> bool:
    """Whether a key cuts time into periods."""
    return isinstance(key, TimeBucket) or (
        isinstance(key, Col) and model.table(key.table).column(key.name).role == Role.TIME
    )


def _is_amount(plan: Plan, index: int, model: SemanticModel) -> bool:
    key = plan.keys[index]
    return isinstance(key, Col) and model.table(key.table).column(key.name).role == Role.MEASURE


def _grown(plan: Plan) -> bool:
    return any(isinstance(v, Growth) for v in plan.values)


def _main(table: ResultTable, plan: Plan, keys: list[int], model: SemanticModel) -> int | None:
    """The column that was asked for: a change or a share before what it is of; what rows are ranked by."""
    numbers = [i for i, c in enumerate(table.columns) if c.type == "number" and i not in keys]
    at = {c.name: i for i, c in enumerate(table.columns)}
    for value in plan.values:
        if isinstance(value, Growth) or (isinstance(value, Ratio) and value.percent):
            return at.get(value_label(value, model), numbers[-1] if numbers else None)
    if plan.values:
        return next((i for i in numbers if i >= len(plan.keys)), numbers[0] if numbers else None)
    for order in plan.order:
        label = (
            value_label(order.by, model)
            if isinstance(order.by, Measure | Ratio | Growth)
            else key_label(order.by, model)
        )
        if at.get(label) in numbers:
            return at[label]
    return numbers[0] if len(numbers) == 1 and len(table.rows) <= 3 else None


def _written(table: ResultTable) -> str:
    """A written query: nothing is known of its order, so nothing is said of it."""
    numbers = [i for i, c in enumerate(table.columns) if c.type == "number"]
    texts = [i for i, c in enumerate(table.columns) if c.type != "number"]
    if len(table.rows) == 1:
        row = table.rows[0]
        if all(v is None for v in row):
            return "没有符合条件的数据，算不出结果。"
        names = "、".join(str(row[i]) for i in texts if row[i] is not None)
        parts = [f"{table.columns[i].label}为{number_text(row[i], table.columns[i].unit)}" for i in numbers]
        return (names + ("：" if names and parts else "")) + "，".join(parts) + "。"
    count = f"共{table.row_count}{'行以上' if table.truncated else '行'}"
    more = "等" if len(table.rows) > _NAMED else ""
    if numbers and texts:
        unit = table.columns[numbers[0]].unit
        shown = [f"{_named(r, texts)}（{number_text(r[numbers[0]], unit)}）" for r in table.rows[:_NAMED]]
        return f"{table.columns[numbers[0]].label}：{'、'.join(shown)}{more}，{count}。"
    if texts:
        first = dict.fromkeys(str(r[texts[0]]) for r in table.rows[:_NAMED] if r[texts[0]] is not None)
        return f"{count}：{'、'.join(first)}{more}。"
    return f"{count}，见下表。"


def _one_number(table: ResultTable, plan: Plan, scope: str, model: SemanticModel, extent: str) -> str:
    row, columns = table.rows[0], table.columns
    if all(v is None for v in row):
        reach = f"数据的时间范围是{extent}。" if extent else ""
        return f"{scope}没有符合条件的数据，算不出结果（不是0）。{reach}"
    percent = next((i for i, c in enumerate(columns) if c.unit == "%" and len(columns) == 3), None)
    if percent is not None and any(isinstance(v, Ratio) for v in plan.values):
        part, whole = (i for i in range(3) if i != percent)
        return (
            f"{scope}{columns[part].label}占{number_text(row[percent], '%')}（{number_text(row[part], columns[part].unit)}，"
            f"{columns[whole].label}{number_text(row[whole], columns[whole].unit)}）。"
        )
    parts = []
    for i, column in enumerate(columns):
        whole = i < len(plan.values) and _is_sum(plan.values[i], model) and "合计" not in column.label
        parts.append(f"{column.label}{'合计' if whole else ''}为{spoken(row[i], column.unit)}")
    counts = len(row) == 1 and row[0] == 0 and isinstance(plan.values[0], Measure) and plan.values[0].of is None
    return scope + "，".join(parts) + ("，没有符合条件的记录" if counts else "") + "。"


def _is_sum(value: object, model: SemanticModel) -> bool:
    """Whether a number is what rows add up to, and no stock of which there is one."""
    if not isinstance(value, Measure) or value.aggregate != "sum" or value.metric or not isinstance(value.of, Col):
        return False
    return model.table(value.of.table).column(value.of.name).additivity == Additivity.SUM


def _one_row(table: ResultTable, plan: Plan, keys: list[int], value: int, scope: str, model: SemanticModel) -> str:
    row, column = table.rows[0], table.columns[value]
    name = _named(row, keys, table) if keys else ""
    if _grown(plan):
        amount = next((i for i, c in enumerate(table.columns) if c.type == "number" and i not in (*keys, value)), None)
        before = (
            f"{table.columns[amount].label}为{number_text(row[amount], table.columns[amount].unit)}，" if amount else ""
        )
        times = [i for i, k in enumerate(plan.keys) if is_time(k, model)]
        amount_scope = (
            _named(row, [k for k in keys if not (scope and k in times)], table) if set(keys) - set(times) else ""
        )
        amount_scope = amount_scope or (name if not scope else "")
        return f"{scope}{amount_scope}{before}{change_words(column.label, row[value])}。"
    if plan.limit == 1 and plan.order:
        most, least = superlatives(column.label, column.unit)
        asked = most if plan.order[0].descending else least
        return f"{said_once(scope, column.label)}{asked}的是{name}（{number_text(row[value], column.unit)}）。"
    others = [
        f"{c.label}为{number_text(row[i], c.unit)}"
        for i, c in enumerate(table.columns)
        if c.type == "number" and i not in keys
    ]
    return f"{_joined(scope, name)}{'，'.join(others)}。"


def _joined(scope: str, name: str) -> str:
    """The one thing that the row is about; what the scope says already is not said again."""
    if not name:
        return scope
    return f"{scope}：" if scope and name in scope else f"{scope}{name}："


def change_words(label: str, value: Any) -> str:
    """同比增长5.28%, 同比下降3.1%."""
    if not isinstance(value, int | float):
        return f"{label}无法计算（缺少上一期数据）"
    base = label.removesuffix("增长").removesuffix("增长率") or label
    if value == 0:
        return f"{base}持平"
    return f"{base}{'增长' if value > 0 else '下降'}{number_text(abs(float(value)), '%')}"


def _listed(
    table: ResultTable, plan: Plan, keys: list[int], state: State | None, scope: str, model: SemanticModel
) -> str:
    """Things by name: how many there are, and the first of them."""
    texts = [i for i in keys if table.columns[i].type != "number"] or keys[:1]
    if not texts:
        return f"共{table.row_count}行，见下表。"
    names = list(dict.fromkeys(str(r[texts[0]]) for r in table.rows if r[texts[0]] is not None))
    more = "等" if len(names) > _NAMED else ""
    thing = dimension_label(state.dimensions[0], model) if state and state.dimensions else ""
    word = next((t.measure_word for t in model.tables if t.entity == thing and t.measure_word), "个" if thing else "项")
    over = "以上" if table.truncated else ""
    if len(table.rows) == 1 and len(table.columns) > 1:
        shown = "，".join(f"{c.label}：{v}" for c, v in zip(table.columns, table.rows[0], strict=True) if v is not None)
        return f"{shown}。"
    which = "符合条件的" if plan.having or not scope else scope
    if not thing or len(names) != len(table.rows):
        return f"{which}记录共{table.row_count}行{over}：{'、'.join(names[:_NAMED])}{more}。"
    return f"{which}{thing}共{table.row_count}{word}{over}：{'、'.join(names[:_NAMED])}{more}。"


def _named(row: list[Any], keys: list[int], table: ResultTable | None = None) -> str:
    """What a row is about: 云湖区, 幼儿园、云湖区, 2024年云湖区."""
    years = [i for i in keys if table is not None and table.columns[i].label == "年份" and row[i] is not None]
    names = "、".join(str(row[i]) for i in keys[:2] if row[i] is not None and i not in years)
    return "".join(f"{row[i]}年" for i in years) + names or "未注明"


def _over_time(table: ResultTable, key: int, value: int, rows: list[list[Any]], scope: str) -> str:
    column, suffix = table.columns[value], "年" if table.columns[key].label == "年份" else ""
    rows = sorted((r for r in rows if r[key] is not None), key=lambda r: _moment(r[key]))
    if not rows:
        return f"{said_once(scope, column.label)}见下表。"
    first, last, top, bottom = rows[0], rows[-1], max(rows, key=lambda r: r[value]), min(rows, key=lambda r: r[value])
    most, least = superlatives(column.label, column.unit)

    def at(row: list[Any]) -> str:
        return f"{row[key]}{suffix}为{number_text(row[value], column.unit)}"

    peaks = [
        f"{word}是{row[key]}{suffix}（{number_text(row[value], column.unit)}）"
        for word, row in ((most, top), (least, bottom))
        if row not in (first, last)
    ]
    return f"{said_once(scope, column.label)}：{at(first)}，{at(last)}" + "".join(f"，{p}" for p in peaks) + "。"


def _moment(value: Any) -> str:
    """A period so that periods sort: the quarters' Chinese numerals as digits."""
    return str(value).translate(str.maketrans("一二三四", "1234"))


_EACH = {"year": "每年", "quarter": "每个季度", "month": "每月", "day": "每天"}


def _within(plan: Plan, model: SemanticModel) -> str:
    """What the best is taken of each of: 每年, 各城区."""
    first = plan.limit_per[0]
    if isinstance(first, TimeBucket):
        return _EACH[first.unit]
    return "各" + "、".join(key_label(k, model).removesuffix("名称") for k in plan.limit_per)


def _over_names(
    table: ResultTable,
    keys: list[int],
    value: int,
    rows: list[list[Any]],
    plan: Plan,
    scope: str,
    model: SemanticModel,
) -> str:
    column = table.columns[value]
    most, least = superlatives(column.label, column.unit)
    share = column.unit == "%" and "占比" in column.label
    other = next((i for i in range(len(plan.keys), len(table.columns)) if i != value), None) if share else None

    def amount(row: list[Any]) -> str:
        text = number_text(row[value], column.unit)
        if other is not None:
            text += f"，{number_text(row[other], table.columns[other].unit)}"
        return text

    grown = next((i for i in range(len(plan.keys), value)), None) if _grown(plan) else None
    base = other if other is not None else grown
    label = said_once(table.columns[base].label, column.label) if base is not None else column.label
    if plan.limit is not None and len(rows) > 1:
        asked = most if not plan.order or plan.order[0].descending else least
        if plan.limit_per:  # the best of each, which says nothing of one against the other
            best = "；".join(f"{_named(r, keys, table)}（{amount(r)}）" for r in rows[:_NAMED])
            more = "等" if len(rows) > _NAMED else ""
            return f"{scope}{_within(plan, model)}{label}{asked}的：{best}{more}，共{len(table.rows)}项。"
        first, *rest = rows[:3]
        then = f"，其次是{'、'.join(f'{_named(r, keys, table)}（{amount(r)}）' for r in rest)}" if rest else ""
        return f"{said_once(scope, label)}{asked}的是{_named(first, keys, table)}（{amount(first)}）{then}，共列出{len(table.rows)}项。"
    if len(rows) <= 3:
        return (
            f"{said_once(scope, label)}："
            + "，".join(f"{_named(r, keys, table)}{number_text(r[value], column.unit)}" for r in rows)
            + "。"
        )
    if table.truncated:  # the rows that are missing may be higher or lower
        return f"共{len(table.rows)}项以上，见下表。"
    high, low = max(r[value] for r in rows), min(r[value] for r in rows)
    if high == low:
        return f"{said_once(scope, label)}都是{number_text(high, column.unit)}，共{len(table.rows)}项。"

    def at(number: Any) -> str:
        tied = [r for r in rows if r[value] == number]
        others = f"等{len(tied)}项" if len(tied) > 1 else ""
        return f"{_named(tied[0], keys, table)}{others}（{amount(tied[0])}）"

    text = f"{said_once(scope, label)}{most}的是{at(high)}，{least}的是{at(low)}，共{len(table.rows)}项。"
    return text + (_second(table, keys, value, plan) if base is None else "")


def _second(table: ResultTable, keys: list[int], value: int, plan: Plan) -> str:
    """The highest of the second number that was asked for."""
    i = next((k for k in range(len(plan.keys), len(table.columns)) if k != value), None)
    rows = [r for r in table.rows if i is not None and isinstance(r[i], int | float)]
    if i is None or not rows or table.columns[i].type != "number":
        return ""
    top = max(rows, key=lambda r: r[i])
    column = table.columns[i]
    most, _ = superlatives(column.label, column.unit)
    return f"{column.label}{most}的是{_named(top, keys, table)}（{number_text(top[i], column.unit)}）。"
