"""The SQL bench: questions over databases that nobody has described, scored by the rows they return."""

from evals.sql.attach import DatabaseUnderTest
from evals.sql.cases import SqlCase, load_cases
from evals.sql.report import SqlReport, SqlResult, show_report
from evals.sql.run import Planner, embedded_planner, run_sql, translated_gold

__all__ = [
    "DatabaseUnderTest",
    "Planner",
    "SqlCase",
    "SqlReport",
    "SqlResult",
    "embedded_planner",
    "load_cases",
    "run_sql",
    "show_report",
    "translated_gold",
]
