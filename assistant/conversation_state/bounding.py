"""Bounds on what each group comes to: 超过10个的, 10万到15万之间, 门槛提到五千万, 高于平均的."""

from __future__ import annotations

import re

from assistant.conversation_state import command_words as words
from assistant.conversation_state.clause import Commands
from assistant.conversation_state.edits import CountThings, Keep, SetFilter, SetNumber
from assistant.conversation_state.state import Filter, Quantity, State, Threshold, column_of
from assistant.planning.linking.numerals import read_number
from assistant.planning.plan import Col
from corpus.semantics import SemanticModel

_COUNTS = frozenset(["", *"个家所件条座张人名起户套对辆例次批笔场岁宗"])


def read_bounds(commands: Commands, state: State, model: SemanticModel) -> None:
    """A bound on what each group comes to; a bound on a column that is named is no command."""
    if (match := words.NUMBER.match(commands.text)) and (number := read_number(match["n"])):
        bound = next((f for f in reversed(state.filters) if f.op in (">", ">=", "<", "<=")), None)
        if bound is not None or state.threshold is not None:
            scale = column_of(bound.column, model).scale if bound else None
            large = scale and number.value >= scale
            commands.edits.append(SetNumber(number.value / scale if large and scale else number.value))
            commands.text = ""
            return
    if not state.dimensions or not state.quantities:
        return
    if match := words.AVERAGE_BOUND.search(commands.text):
        op = words.OPS.get(match["op"]) or (">" if match["more"] in ("高", "多", "大") else "<")
        commands.edits.append(Keep(Threshold(op, 0.0, mean=True)))
        commands.text = _rest(commands.text, match)
        return
    match = next((m for p in (words.BETWEEN, words.BOUND, words.BOUND_AFTER) if (m := p.search(commands.text))), None)
    if match is None or not _is_of(state.quantities[0], commands.text[: match.start()], match["unit"], model):
        return
    numbers = [read_number(match[n]) for n in ("n", "m") if n in match.re.groupindex]
    if any(number is None for number in numbers):
        return
    rows = next((q.column for q in state.quantities if q.aggregate == "row" and q.column), None)
    first, *more = [_stored(n.value, match, rows or state.quantities[0].column, model) for n in numbers if n]
    op = ">=" if more else words.OPS[match["op"]]
    if rows is None:
        commands.edits.append(Keep(Threshold(op, first, most=more[0] if more else None)))
        commands.text = _rest(commands.text, match)
        return
    commands.edits += [SetFilter(Filter(rows, op, (first,))), *(SetFilter(Filter(rows, "<=", (v,))) for v in more)]
    if re.match(r"^的?(?:有|共|一共)*(?:几|多少)[个家所件条座张人名]?$", commands.text[match.end() :]):
        commands.edits.append(CountThings())
    commands.text = _rest(commands.text, match)


def _rest(text: str, match: re.Match[str]) -> str:
    """What is said behind a bound, but for asking which they are."""
    rest = text[match.end() :].removeprefix("的")
    return re.sub(
        r"^(?:有哪些|有哪几个|是哪些|有吗|有几[个种家类]|有多少[个种家类]?|有哪[些几]个?[区县]|是?谁)$", "", rest
    )


def _is_of(quantity: Quantity, front: str, unit: str, model: SemanticModel) -> bool:
    """Whether a bound is on what the groups come to: nothing else is named before it, and its unit is theirs."""
    told = front.strip("，, 的是在有")
    if quantity.column is None or quantity.aggregate == "count":
        return told in ("", "数量", "总数", "个数", "总量") and unit in _COUNTS
    column = column_of(quantity.column, model)
    names = (column.label, *column.synonyms)
    if told and told not in ("数量", "总数", "总量", "合计") and not (len(told) > 1 and any(told in n for n in names)):
        return False
    return not unit or unit in column.unit or column.unit in unit or (unit in _COUNTS and not column.unit)


def _stored(value: float, match: re.Match[str], column: Col | None, model: SemanticModel) -> float:
    """A number as it is stored: 5亿 of what is kept in 万元 is 50000."""
    scale = column_of(column, model).scale if column else 1.0
    large = re.search(r"[万亿]", match[0]) or match["unit"] == "元"
    return value / scale if scale > 1 and large else value
