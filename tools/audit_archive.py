"""Audit entries as a file: for supervisors, and for entries older than must be kept at hand.

The file is JSON lines. The first says which log and which hash, and the last entry before the first one here; then every
entry as it is stored, so that the chain can be recomputed from the file alone; the last line is the seal.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tools.audit import AuditError, AuditLog
from tools.audit_chain import ChainError, Head, Problem, Row, chain_problems, is_whole

KEPT_YEARS = 3  # at hand, at least
FORMAT = "zhengwen-audit-1"


@dataclass(frozen=True)
class Written:
    """What a file holds: how many entries, the last of them, and the file's digest."""

    entries: int
    last: Head
    sha256: str


def export(log: AuditLog, out: Path, first: date | None, last: date | None, by: str) -> Written:
    """Write the entries of the days from `first` to `last` (UTC, both included), and record that it was done.

    AuditError when there are none, or the file cannot be written; then nothing is left half-written.
    """
    begin = first.isoformat() if first else ""
    end = (last + timedelta(days=1)).isoformat() if last else "9999"
    with log.reading() as (algorithm, base, rows_between):
        written = _write(out, algorithm, base, rows_between(begin, end))
    if not written.entries:
        out.unlink(missing_ok=True)
        raise AuditError("这段时间没有审计记录，没有写出文件。请换一个起止日期。")
    facts = {"from": begin, "to": last.isoformat() if last else "", "entries": written.entries}
    log.append("export", by, {**facts, "file": out.name, "sha256": written.sha256})
    return written


def archive(
    log: AuditLog, out: Path, before: date, by: str, *, today: date | None = None, years: int = KEPT_YEARS
) -> Written:
    """Move the entries of the days before `before` into a file, and leave in the log which they were and their last hash.

    AuditError when that is less than `years` (never under KEPT_YEARS) ago.
    """
    today = today or datetime.now(UTC).date()
    limit = _years_before(today, max(years, KEPT_YEARS))
    if before > limit:
        raise AuditError(f"审计记录至少保存{max(years, KEPT_YEARS)}年，现在只能归档{limit.isoformat()}以前的记录。")
    with log.reading() as (algorithm, base, rows_between):
        written = _write(out, algorithm, base, _leading(rows_between("", "9999"), before.isoformat()))
    if not written.entries:
        out.unlink(missing_ok=True)
        raise AuditError(f"{before.isoformat()}以前没有审计记录，没有归档。")
    log.move_out(written.last, out.name, written.sha256, by)
    return written


def check_file(path: Path) -> tuple[Written, list[Problem]]:
    """What a file of entries holds, and everything that shows it was changed. AuditError when it is no such file."""
    try:
        data = path.read_bytes()
        lines = [json.loads(line) for line in data.decode("utf-8").splitlines()]
        head, rows, seal = lines[0], [Row(**line) for line in lines[1:-1]], lines[-1]
        if head["format"] != FORMAT:
            raise ValueError(head["format"])
        base, last = Head(**head["before"]), Head(**seal["last"])
        algorithm = str(head["algorithm"])
    except OSError as error:
        raise AuditError(f"读不到文件 {path}。请检查路径和权限。") from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise AuditError(f"{path.name} 不是审计记录文件，或者已经损坏。") from error
    try:
        whole = is_whole(rows, algorithm, last, base)
        problems = [] if whole else chain_problems(rows, algorithm, last, base)
    except ChainError as error:
        raise AuditError(str(error)) from error
    if not whole and not problems:
        problems = [Problem("seal", None, "记录与文件末尾的封签不符。")]
    return Written(len(rows), last, hashlib.sha256(data).hexdigest()), problems


def _leading(rows: Iterable[Row], before: str) -> Iterator[Row]:
    """The rows up to the first that is not before the day: what stays is one unbroken chain."""
    for row in rows:
        if row.at[:10] >= before:
            return
        yield row


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _write(out: Path, algorithm: str, base: Head, rows: Iterable[Row]) -> Written:
    if out.exists():
        raise AuditError(f"{out} 已经存在，不会覆盖。请换一个文件名。")
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    count, last = 0, base
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8") as sink:
            for row in rows:
                if not count:
                    before = {"count": row.n - 1, "hash": row.previous}
                    sink.write(json.dumps({"format": FORMAT, "algorithm": algorithm, "before": before}) + "\n")
                sink.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
                count, last = count + 1, Head(row.n, row.hash)
            sink.write(json.dumps({"last": asdict(last), "entries": count}) + "\n")
            sink.flush()
            os.fsync(sink.fileno())
        digest = hashlib.sha256(partial.read_bytes()).hexdigest()
        partial.replace(out)
    except OSError as error:
        raise AuditError(f"无法写入 {out}：{error.strerror}。请检查路径和磁盘空间。") from error
    finally:
        partial.unlink(missing_ok=True)
    return Written(count, last, digest)
