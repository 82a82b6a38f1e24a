"""Questions whose SQL a steward of the demo city has reviewed."""

from __future__ import annotations

from corpus.semantics import VerifiedQuery

STEWARD = "云澜市数据局 程思远"
REVIEWED = "2026-06-18"


def _reviewed(question: str, sql: str) -> VerifiedQuery:
    return VerifiedQuery(question=question, sql=sql, verified_by=STEWARD, verified_at=REVIEWED)


VERIFIED: tuple[VerifiedQuery, ...] = (
    _reviewed(
        "各区义务教育学校有多少所？",
        "SELECT district, count(*) AS school_count FROM school WHERE education_level = '义务教育' "
        "GROUP BY district ORDER BY school_count DESC",
    ),
)
