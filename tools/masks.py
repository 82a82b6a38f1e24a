"""Masking rules: what a sensitive column shows in place of its value. Each rule builds a sqlglot expression over the column.

The masked value is what a scope's database stores, so the original cannot be reached from it by any query.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

Mask = Callable[[exp.Expr], exp.Expr]


def _text(column: exp.Expr) -> exp.Expr:
    return exp.cast(column, exp.DataType.Type.VARCHAR)


def _kept(column: exp.Expr, head: int, tail: int, stars: str) -> exp.Expr:
    """The first `head` and last `tail` characters around stars; nothing but stars when little would stay hidden."""
    text = _text(column)
    parts: list[exp.Expr] = [exp.func("left", text, exp.Literal.number(head))] if head else []
    parts.append(exp.Literal.string(stars))
    parts += [exp.func("right", text.copy(), exp.Literal.number(tail))] if tail else []
    joined = parts[0]
    for part in parts[1:]:
        joined = exp.DPipe(this=joined, expression=part)
    long_enough = exp.GT(this=exp.Length(this=text.copy()), expression=exp.Literal.number(head + tail))
    return (
        exp.case()
        .when(exp.Is(this=column.copy(), expression=exp.Null()), exp.Null())
        .when(long_enough, joined)
        .else_(exp.Literal.string(stars))
    )


def _street(column: exp.Expr) -> exp.Expr:
    """The address down to the township or street, or else to the district; stars for the rest."""
    text = _text(column)
    found = exp.func("regexp_extract", text, exp.Literal.string("^.*?(街道|镇|乡|区|县|市)"))
    return (
        exp.case()
        .when(exp.Is(this=column.copy(), expression=exp.Null()), exp.Null())
        .else_(exp.DPipe(this=found, expression=exp.Literal.string("****")))
    )


MASKS: dict[str, Mask] = {
    "name": lambda column: _kept(column, 1, 0, "**"),
    "identity_number": lambda column: _kept(column, 6, 0, "************"),
    "phone": lambda column: _kept(column, 3, 4, "****"),
    "address": _street,
    "account": lambda column: _kept(column, 0, 4, "********"),
    "other": lambda column: _kept(column, 0, 0, "****"),
}


def mask(rule: str, column: exp.Expr) -> exp.Expr:
    """The masked form of `column`; KeyError for a rule that does not exist, so that nothing passes unmasked."""
    return MASKS[rule](column)
