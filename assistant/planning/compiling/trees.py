"""Small syntax trees that every compiled plan is made of."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from assistant.planning.compiling.joins import CannotCompile


def identifier(text: str) -> exp.Identifier:
    return exp.to_identifier(text, quoted=True)


def literal_of(value: str | float | int) -> exp.Expr:
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, str):
        return exp.Literal.string(value)
    number = int(value) if float(value).is_integer() else value
    return exp.Literal.number(number) if number >= 0 else exp.Neg(this=exp.Literal.number(-number))


def scaled(over: exp.Expr, scale: float) -> exp.Expr:
    return over if scale == 1 else exp.Mul(this=over, expression=exp.Literal.number(repr(float(scale))))


def quotient(over: exp.Expr, under: exp.Expr, percent: bool) -> exp.Expr:
    nullif = exp.Nullif(this=under, expression=literal_of(0))
    if percent:
        over = exp.Mul(this=exp.Literal.number("100.0"), expression=over)
    return exp.Div(this=over, expression=nullif, typed=False, safe=False)


_KINDS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ, "!=": exp.NEQ, ">": exp.GT, ">=": exp.GTE, "<": exp.LT, "<=": exp.LTE,
}  # fmt: skip


def binary(left: exp.Expr, op: str, right: exp.Expr) -> exp.Expr:
    if op not in _KINDS:
        raise CannotCompile(op)
    return _KINDS[op](this=left, expression=right)


def comparison(left: exp.Expr, op: str, value: Any) -> exp.Expr:
    """`left op value` for a literal value or a tuple of them."""
    if op == "is null":
        return exp.Is(this=left, expression=exp.Null())
    if op == "not null":
        return exp.Not(this=exp.Is(this=left, expression=exp.Null()))
    if op in ("in", "not in"):
        values = value if isinstance(value, tuple) else (value,)
        test = exp.In(this=left, expressions=[literal_of(v) for v in values])
        return exp.Not(this=test) if op == "not in" else test
    if op in ("contains", "not contains"):
        pattern = "%" + str(value).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        like: exp.Expr = exp.Like(this=left, expression=exp.Literal.string(pattern))
        if "\\" in pattern:
            like = exp.Escape(this=like, expression=exp.Literal.string("\\"))
        return exp.Not(this=like) if op == "not contains" else like
    return binary(left, op, literal_of(value))
