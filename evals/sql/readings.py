"""What choosing among the planner's readings could still gain: `python -m evals.sql.readings DIR…`.

Counts for each bench directory how often the first reading is right, how often any is (no choice can do better), and how
often a ranker is, that was trained on the readings of all other databases (logistic regression on pairs of readings).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.planning.embedded import Candidate, EmbeddedPlanner
from evals.sql.attach import DatabaseUnderTest
from evals.sql.cases import load_cases
from evals.sql.run import WRITTEN, executes_right
from retrieval.values import ValueIndex

MOST = 6  # readings of one question that are looked at


@dataclass(frozen=True)
class Readings:
    """The readings of one question: a row of features each, and whether each is right."""

    database: str
    features: NDArray[np.float64]
    right: tuple[bool, ...]


def readings_of(directory: Path) -> list[Readings]:
    """Every question of a bench directory that has a reading."""
    cases = load_cases(directory)
    found: list[Readings] = []
    for name in dict.fromkeys(case.database for case in cases):
        database = DatabaseUnderTest.open(directory, name)
        try:
            values = ValueIndex.build(database.instances[0], database.semantics)
            planner = EmbeddedPlanner(database.semantics, values, WRITTEN, strict=True)
            for case in (c for c in cases if c.database == name):
                candidates = planner.plan(case.question).candidates[:MOST]
                if candidates:
                    right = tuple(executes_right(database, case, c.sql) for c in candidates)
                    found.append(Readings(f"{directory.name}/{name}", features(case.question, candidates), right))
        finally:
            database.close()
    return found


def features(question: str, candidates: tuple[Candidate, ...]) -> NDArray[np.float64]:
    """Score, coverage, join cost and shape of each reading, and how the shape agrees with the wording."""
    best = candidates[0].reading.score
    rows = []
    for place, candidate in enumerate(candidates):
        sql, reading = candidate.sql, candidate.reading
        joins, grouped, limited = sql.count(" JOIN "), "GROUP BY" in sql, "LIMIT" in sql
        columns = sql.split(" FROM ")[0].count(" AS ")
        asks_each, asks_most = any(w in question for w in "各每"), any(w in question for w in "最前")
        rows.append(
            [
                reading.score - best, place == 0, -sum(map(len, reading.unused)), sum(map(len, reading.explained)) / len(question),
                -joins, grouped, columns, " WHERE " in sql, limited, sql.count("SELECT") > 1, joins * grouped,
                ("哪" in question) * columns, ("多少" in question) * grouped, asks_each * grouped, asks_most * limited,
            ]
        )  # fmt: skip
    return np.array(rows, dtype=np.float64)


def trained(questions: list[Readings], steps: int = 400, rate: float = 0.3) -> NDArray[np.float64]:
    """Weights under which a right reading outscores the wrong ones of its question."""
    pairs = [
        q.features[q.right.index(True)] - q.features[k]
        for q in questions
        if any(q.right)
        for k, right in enumerate(q.right)
        if not right
    ]
    matrix = np.array(pairs)
    scale = matrix.std(0) + 1e-6
    matrix = matrix / scale
    weights = np.zeros(matrix.shape[1])
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-(matrix @ weights)))
        weights += rate * ((matrix * (1 - chance)[:, None]).mean(0) - weights / len(matrix))
    result: NDArray[np.float64] = weights / scale
    return result


def main(directories: list[str]) -> None:
    """Print first, any and learned for each directory; each database is ranked by what the others taught."""
    questions = [q for d in directories for q in readings_of(Path(d))]
    learned: dict[str, int] = {}
    for database in dict.fromkeys(q.database for q in questions):
        weights = trained([q for q in questions if q.database != database])
        own = [q for q in questions if q.database == database]
        learned[database] = sum(q.right[int(np.argmax(q.features @ weights))] for q in own)
    for directory in (Path(d).name for d in directories):
        own = [q for q in questions if q.database.startswith(f"{directory}/")]
        gained = sum(n for name, n in learned.items() if name.startswith(f"{directory}/"))
        print(
            f"{directory}: first {sum(q.right[0] for q in own)}, any {sum(any(q.right) for q in own)}, learned {gained}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
