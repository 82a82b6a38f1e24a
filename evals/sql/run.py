"""Predict, execute on every instance, compare with the gold's rows."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from evals.sql.attach import DatabaseUnderTest
from evals.sql.cases import SqlCase, load_cases
from evals.sql.compare import same_rows
from evals.sql.report import SqlReport, SqlResult
from evals.sql.shapes import shape_of
from evals.sql.translate import to_duckdb

Planner = Callable[[DatabaseUnderTest, str], str | None]
QUERY_SECONDS = 5.0
# The public benches were written in 2020, and their gold counts ages from there.
WRITTEN = date(2020, 12, 31)


def run_sql(
    directory: Path,
    out: Path | None = None,
    limit: int | None = None,
    planner: Planner | None = None,
    *,
    today: date = WRITTEN,
) -> SqlReport:
    """Run the bench in `directory` (questions.jsonl, db/). Writes results to `out` if given; SqlBenchError when unreadable."""
    started = time.perf_counter()
    predict = planner or embedded_planner(today)
    cases = load_cases(directory)[:limit]
    results: dict[str, SqlResult] = {}
    for name in dict.fromkeys(case.database for case in cases):
        database = DatabaseUnderTest.open(directory, name)
        try:
            for case in cases:
                if case.database == name:
                    results[case.id] = _judge(database, case, predict)
        finally:
            database.close()
    report = SqlReport([results[case.id] for case in cases], time.perf_counter() - started)
    if out is not None:
        report.write(out)
    return report


def embedded_planner(today: date = WRITTEN) -> Planner:
    """The embedded planner, one per database, reading its first instance's values."""
    from assistant.planning.embedded import EmbeddedPlanner
    from retrieval.values import ValueIndex

    planners: dict[str, EmbeddedPlanner] = {}

    def predict(database: DatabaseUnderTest, question: str) -> str | None:
        if database.name not in planners:
            values = ValueIndex.build(database.instances[0], database.semantics)
            planners[database.name] = EmbeddedPlanner(database.semantics, values, today, strict=True)
        return planners[database.name].plan(question).sql

    return predict


def translated_gold(golds: dict[str, str]) -> Planner:
    """A planner that knows the answers (question → gold), to measure what the scoring itself loses."""

    def predict(database: DatabaseUnderTest, question: str) -> str | None:
        gold = golds.get(question)
        return to_duckdb(gold, database.semantics) if gold is not None else None

    return predict


def _judge(database: DatabaseUnderTest, case: SqlCase, predict: Planner) -> SqlResult:
    note = ""
    started = time.perf_counter()
    try:
        sql = predict(database, case.question)
    except Exception as error:  # one question must not end the run, and its failure is reported
        sql, note = None, f"{type(error).__name__}: {error}"
    elapsed = (time.perf_counter() - started) * 1000
    correct, outcome = False, "error" if note else "none"
    if sql is not None:
        correct, outcome, note = _execute(database, case, sql)
    return SqlResult(
        case.id, case.database, shape_of(case.gold), case.question, case.gold, sql, correct, outcome, elapsed, note
    )


def executes_right(database: DatabaseUnderTest, case: SqlCase, sql: str) -> bool:
    """Whether a query's rows equal the gold's on every instance."""
    return _execute(database, case, sql)[0]


def _execute(database: DatabaseUnderTest, case: SqlCase, sql: str) -> tuple[bool, str, str]:
    for number, (connection, original) in enumerate(zip(database.instances, database.originals, strict=True)):
        try:
            expected = original.execute(case.gold).fetchall()
        except sqlite3.Error as error:
            return False, "unscored", str(error)
        try:
            found = _fetch(connection, sql)
        except duckdb.Error as error:
            return False, "error", str(error)
        if not same_rows(found, expected):
            return False, "answer", f"instance {number}: {len(found)} rows, expected {len(expected)}"
    return True, "answer", ""


def _fetch(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    stop = threading.Timer(QUERY_SECONDS, connection.interrupt)
    stop.start()
    try:
        rows: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
        return rows
    finally:
        stop.cancel()
