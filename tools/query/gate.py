"""The gate: the checks a statement must pass, in order, cheap ones first. Anything unforeseen refuses."""

from __future__ import annotations

from collections.abc import Callable

from tools.principal import Scope
from tools.query.checks.allowed_functions import allowed_functions
from tools.query.checks.bounded_generators import bounded_generators
from tools.query.checks.bounded_length import bounded_length
from tools.query.checks.bounded_shape import bounded_shape
from tools.query.checks.bounded_tokens import bounded_tokens
from tools.query.checks.context import Context
from tools.query.checks.grouped_tables import grouped_tables
from tools.query.checks.known_constructs import known_constructs
from tools.query.checks.no_shadowing import no_shadowing
from tools.query.checks.plain_characters import plain_characters
from tools.query.checks.scope_columns import scope_columns
from tools.query.checks.scope_tables import scope_tables
from tools.query.checks.single_select import single_select
from tools.query.result import Finding, QueryFailed
from tools.query.statement import Statement

Check = Callable[[Statement, Context], Finding | None]

CHECKS: tuple[Check, ...] = (
    bounded_length,
    plain_characters,
    bounded_tokens,
    single_select,
    bounded_shape,
    known_constructs,
    scope_tables,
    no_shadowing,
    allowed_functions,
    scope_columns,
    bounded_generators,
    grouped_tables,
)
# A text that fails one of these is not worth, or not safe, looking at further.
FIRST = frozenset({"bounded_length", "plain_characters", "bounded_tokens", "single_select", "bounded_shape"})


def inspect(statement: Statement, scope: Scope) -> list[Finding]:
    """What speaks against the statement; empty when it may run.

    What cannot be judged is refused. QueryFailed is raised only when no parser process was free or alive to ask.
    """
    context = Context(scope)
    findings: list[Finding] = []
    for check in CHECKS:
        name = check.__name__
        try:
            finding = check(statement, context)
        except QueryFailed:
            raise
        except Exception:
            finding = Finding(name, "查询语句过于复杂，无法确认它是安全的，请简化后再试。")
        if finding is not None:
            findings.append(finding)
            if name in FIRST:
                break
    return findings
