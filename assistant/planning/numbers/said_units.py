"""多少亿度, 折合多少立方米, 合计多少平方公里: a number kept in one unit is given in the one that was asked for as well."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.planning.linking.scales import converted
from assistant.planning.plan import Arithmetic, Col, Expression, Measure, Number, Plan, Value
from assistant.planning.reading.context import Context
from corpus.semantics import Role

_TENS = {"": 1.0, "百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8, "万亿": 1e12}
_SAID = re.compile(r"(百万|千万|十万|万亿|百|千|万|亿)?([^\d，。？！]{0,6})")


def in_said_unit(ctx: Context, plan: Plan) -> Plan:
    """The plan with its numbers in the unit asked for before them; unchanged where that is the unit they are kept in."""
    unit = _asked(ctx)
    if not unit:
        return plan
    values: list[Value] = []
    for value in plan.values:
        factor = _factor(ctx, value.of, unit) if isinstance(value, Measure) and not value.metric else None
        if factor is not None and isinstance(value, Measure) and isinstance(value.of, Col):
            label = f"{_verbal(value)}{ctx.of(value.of).label}（{unit}）"
            values.append(replace(value, of=_scaled(value.of, factor), label=label, unit=unit))
    keys: list[Expression] = []
    for key in plan.keys if not plan.values else ():
        factor = _factor(ctx, key, unit)
        if factor is not None and isinstance(key, Col):
            keys.append(_scaled(key, factor))
    return replace(plan, values=(*values, *plan.values), keys=(*plan.keys, *keys))


def _verbal(value: Measure) -> str:
    return {"avg": "平均", "max": "最高", "min": "最低"}.get(value.aggregate, "")


def _asked(ctx: Context) -> str:
    """The unit right behind 多少, with its tens: 亿度, 万立方米; empty for none."""
    for k, mention in enumerate(ctx.mentions):
        if mention.kind == "howmany" and mention.text.startswith("多少"):
            after = [m for m in ctx.mentions[k + 1 : k + 3] if m.kind == "unit" or m.text in _TENS]
            beside = after if after and after[0].start == mention.end else []
            return mention.text.removeprefix("多少") + "".join(m.text for m in beside)
    return ""


def _factor(ctx: Context, of: Expression | None, unit: str) -> float | None:
    """By what a column's numbers are multiplied to be in a unit; None where they are already, or never are."""
    if not isinstance(of, Col) or ctx.of(of).role != Role.MEASURE or not ctx.of(of).unit:
        return None
    kept = ctx.of(of).unit
    direct = converted(1.0, kept, unit)
    if direct is None:
        found = _SAID.fullmatch(unit)
        tens, noun = (found[1] or "", found[2]) if found else ("", unit)
        inner = 1.0 if noun == kept else converted(1.0, kept, noun) if noun else None
        direct = inner / _TENS[tens] if inner is not None else None
    return direct if direct is not None and abs(direct - 1.0) > 1e-12 else None


def _scaled(col: Col, factor: float) -> Arithmetic:
    small = factor < 1
    return Arithmetic("/" if small else "*", col, Number(round(1 / factor, 6) if small else round(factor, 6)))
