"""Ways of masking: what a sensitive column shows in place of its value. Each builds a sqlglot expression over the column.

The masked value is what a scope's database stores, so the original cannot be reached from it by any query.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from tools.personal import free_text

Mask = Callable[[exp.Expr, str], exp.Expr]

LEAST_HIDDEN = 4  # characters; where fewer would be hidden, nothing is shown
# Down to the district: a residential, school or industrial area is no district, though its name ends like one.
DISTRICT = "^(.{1,12}?(省|自治区))?([^区县]{1,12}?市)?[^市区县]{1,7}?[^市小社园校厂库院片新]([区县旗])"
CITY = "^(.{1,12}?(省|自治区))?[^区县]{1,12}?市"
STREET = "^.{1,30}?(街道|镇|乡)"
HASH_DIGITS = 16  # a code is at least so long, so that two values do not share one


def _text(column: exp.Expr) -> exp.Expr:
    return exp.cast(column.copy(), exp.DataType.Type.VARCHAR)


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _joined(*parts: exp.Expr) -> exp.Expr:
    result = parts[0]
    for part in parts[1:]:
        result = exp.DPipe(this=result, expression=part)
    return result


def _unless_null(column: exp.Expr, shown: exp.Expr) -> exp.Expr:
    return exp.case().when(exp.Is(this=column.copy(), expression=exp.Null()), exp.Null()).else_(shown)


def _kept(column: exp.Expr, head: int, tail: int, stars: exp.Expr) -> exp.Expr:
    """The first `head` and last `tail` characters around stars; nothing but stars when little would stay hidden."""
    parts: list[exp.Expr] = [exp.func("left", _text(column), _number(head))] if head else []
    parts.append(stars)
    parts += [exp.func("right", _text(column), _number(tail))] if tail else []
    enough = exp.GTE(this=exp.Length(this=_text(column)), expression=_number(head + tail + LEAST_HIDDEN))
    return _unless_null(column, exp.case().when(enough, _joined(*parts)).else_(exp.Literal.string("****")))


def _stars_between(column: exp.Expr, head: int, tail: int) -> exp.Expr:
    """As many stars as characters are hidden, for kinds whose length is no secret."""
    hidden = exp.Sub(this=exp.Length(this=_text(column)), expression=_number(head + tail))
    return exp.func("repeat", exp.Literal.string("*"), exp.func("greatest", hidden, _number(0)))


def _surname(column: exp.Expr, key: str) -> exp.Expr:
    longer = exp.GT(this=exp.Length(this=_text(column)), expression=_number(1))
    shown = _joined(exp.func("left", _text(column), _number(1)), exp.Literal.string("*"))
    return _unless_null(column, exp.case().when(longer, shown).else_(exp.Literal.string("*")))


def _place(column: exp.Expr, *patterns: str) -> exp.Expr:
    """The beginning of an address that the first fitting pattern finds; stars for the rest."""
    found = [
        exp.func(
            "nullif", exp.func("regexp_extract", _text(column), exp.Literal.string(pattern)), exp.Literal.string("")
        )
        for pattern in patterns
    ]
    start = exp.func("coalesce", *found, exp.Literal.string(""))
    return _unless_null(column, _joined(start, exp.Literal.string("****")))


def _hash(column: exp.Expr, key: str) -> exp.Expr:
    """A code that stands for the value: letters in front are kept, digits follow, of at least the value's length.

    It is drawn from a hash keyed by the workspace: equal values have equal codes, and who does not hold the key can
    neither turn a code back nor try values out.
    """
    secret = exp.Literal.string(key)
    inner = exp.func("sha256", _joined(secret, _text(column)))
    digest = exp.func("sha256", _joined(secret.copy(), inner))
    halves = [
        exp.func(
            "lpad",
            exp.cast(
                exp.Mod(
                    this=exp.cast(
                        _joined(exp.Literal.string("0x"), exp.func("substr", digest.copy(), _number(at), _number(15))),
                        exp.DataType.Type.BIGINT,
                    ),
                    expression=exp.Literal.number(10**9),
                ),
                exp.DataType.Type.VARCHAR,
            ),
            _number(9),
            exp.Literal.string("0"),
        )
        for at in (1, 16, 31)
    ]
    letters = exp.func("regexp_extract", _text(column), exp.Literal.string("^[A-Za-z]{0,4}"))
    length = exp.func(
        "least", exp.func("greatest", exp.Length(this=_text(column)), _number(HASH_DIGITS)), _number(len(halves) * 9)
    )
    return _unless_null(column, _joined(letters, exp.func("left", exp.Paren(this=_joined(*halves)), length)))


MASKS: dict[str, Mask] = {
    "surname": _surname,
    "head3_tail4": lambda column, key: _kept(column, 3, 4, _stars_between(column, 3, 4)),
    "head6": lambda column, key: _kept(column, 6, 0, _stars_between(column, 6, 0)),
    "district": lambda column, key: _place(column, DISTRICT, CITY),
    "street": lambda column, key: _place(column, STREET, DISTRICT, CITY),
    "tail4": lambda column, key: _kept(column, 0, 4, exp.Literal.string("********")),
    "stars": lambda column, key: _unless_null(column, exp.Literal.string("****")),
    "hash": _hash,
    "free_text": lambda column, key: free_text(column),
}


def mask(rule: str, column: exp.Expr, key: str = "") -> exp.Expr:
    """The masked form of `column`; KeyError for a way that does not exist, so that nothing passes unmasked.

    `key` is the workspace's secret for `hash`; ValueError when that has none.
    """
    if rule == "hash" and not key:
        raise ValueError("no key")
    return MASKS[rule](column, key)
