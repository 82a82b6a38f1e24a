"""Heavy statements of several people beside the ordinary questions of others: when they end, and what the others notice."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tools.principal import Scope
from tools.query.result import QueryFailed, QueryRefused
from tools.query.tool import QueryTool

PAUSE_S = 0.02  # between a person's questions


@dataclass(frozen=True)
class Effort:
    """How much is asked: ordinary questions before and during the attack, attackers, and the time limit of a query."""

    calm: int = 300
    attackers: int = 3
    time_limit_s: float = 4.0


def heavy(table: str) -> dict[str, str]:
    """Name → statement. Some are for the gate, some for the engine's own limits, some for the kill."""
    million = f'(SELECT a.* FROM "{table}" a, range(100) b)'
    return {
        "长文本": "SELECT length(repeat('x', 2000000000)) AS n",
        "长文本（算出来的长度）": f"SELECT length(repeat('x', (2000000000 + count(*))::BIGINT)) AS n FROM \"{table}\"",
        "长文本（逐次加倍）": "SELECT length(list_reduce(range(40)::VARCHAR[], lambda a, b: a || a)) AS n",
        "万亿行": "SELECT count(*) AS n FROM range(100000) a, range(100000) b, range(100) c WHERE a.range * b.range % 7 = c.range",
        "万亿行（自身相乘）": f'SELECT count(*) AS n FROM "{table}" a, "{table}" b, "{table}" c, "{table}" d WHERE hash(a) % 7 = hash(b) % 5 + hash(c) % 3 + hash(d) % 2',
        "正则": f"SELECT count(*) AS n FROM {million} t WHERE regexp_matches(repeat('a', 5000), '(a|aa|a?)*(a*)*(a+)+b')",
        "正则（逐行）": f'SELECT count(*) AS n FROM "{table}" a, "{table}" b WHERE regexp_matches(concat(a, b), \'(.*)(.*)(.*)(.*)(.*)x$\')',
        "两万列": "SELECT " + ", ".join(f"{n} AS c{n}" for n in range(20_000)),
        "三千层括号": "SELECT " + "(" * 3000 + "1" + ")" * 3000 + " AS n",
        "三千层括号（子查询）": "SELECT * FROM " + "(SELECT * FROM " * 3000 + f'"{table}"' + ") t" * 3000,
        "排序": f'SELECT list(a ORDER BY hash(b)) AS n FROM "{table}" a, "{table}" b',
    }


def under_attack(
    tool: QueryTool, scope: Scope, sql: str, progress: Callable[[float], None], effort: Effort = Effort()
) -> dict[str, Any]:
    """Each heavy statement alone, with its time limit; then all of them again and again while others ask `sql`."""
    table = sql.split('"')[3]
    attacks = heavy(table)
    ends: dict[str, dict[str, Any]] = {}
    for number, (name, statement) in enumerate(attacks.items()):
        started = time.perf_counter()
        how = _try(tool, scope, statement, "attacker", effort)
        ends[name] = {"seconds": round(time.perf_counter() - started, 2), "end": how}
        progress(0.5 * (number + 1) / len(attacks))
    calm = _ordinary(tool, scope, sql, effort)
    stop = threading.Event()
    threads = [
        threading.Thread(
            target=_attack, args=(tool, scope, list(attacks.values()), f"attacker {n}", effort, stop), daemon=True
        )
        for n in range(effort.attackers)
    ]
    for thread in threads:
        thread.start()
    try:
        harried = _ordinary(tool, scope, sql, effort)
    finally:
        stop.set()
    for thread in threads:
        thread.join(effort.time_limit_s + 5)
    progress(1.0)
    return {
        "time_limit_s": effort.time_limit_s,
        "ends": ends,
        "slowest_over_limit_s": round(max(end["seconds"] for end in ends.values()) - effort.time_limit_s, 2),
        "calm_p50_ms": round(statistics.median(calm), 2),
        "calm_p95_ms": round(_p95(calm), 2),
        "attacked_p50_ms": round(statistics.median(harried), 2),
        "attacked_p95_ms": round(_p95(harried), 2),
        "p95_ratio": round(_p95(harried) / _p95(calm), 2),
        "attackers": effort.attackers,
        "alive": _try(tool, scope, sql, "somebody", effort) == "rows",
    }


def _ordinary(tool: QueryTool, scope: Scope, sql: str, effort: Effort) -> list[float]:
    """Milliseconds of ordinary questions, asked by turns by some people; a failed one counts as the whole time limit."""
    times = []
    for number in range(effort.calm):
        started = time.perf_counter()
        how = _try(tool, scope, sql, f"person {number % 5}", effort)
        times.append((time.perf_counter() - started) * 1000 if how == "rows" else effort.time_limit_s * 1000)
        time.sleep(PAUSE_S)
    return times


def _attack(
    tool: QueryTool, scope: Scope, statements: list[str], who: str, effort: Effort, stop: threading.Event
) -> None:
    turn = hash(who) % len(statements)
    while not stop.is_set():
        _try(tool, scope, statements[turn % len(statements)], who, effort)
        turn += 1


def _try(tool: QueryTool, scope: Scope, sql: str, who: str, effort: Effort) -> str:
    """How a statement ended: rows, refused, or the kind of its failure."""
    try:
        tool.run(sql, scope, timeout_s=effort.time_limit_s, who=who)
    except QueryRefused:
        return "refused"
    except QueryFailed as error:
        return error.kind
    return "rows"


def _p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]
