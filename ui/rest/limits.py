"""Limits told in advance: on every answer as headers, in full under /api/me."""

from __future__ import annotations

import math

from ui.rest.schemas import Limits
from ui.turnstile import Standing


def limit_headers(standing: Standing) -> dict[str, str]:
    """RateLimit-Limit, -Remaining and -Reset (seconds) for questions; nothing where there is no limit."""
    if standing.allowance.per_minute is None:
        return {}
    return {
        "RateLimit-Limit": str(standing.allowance.per_minute),
        "RateLimit-Remaining": str(standing.questions_left),
        "RateLimit-Reset": str(math.ceil(standing.full_in)),
    }


def limits_of(standing: Standing) -> Limits:
    allowance = standing.allowance
    return Limits(
        questions_per_minute=allowance.per_minute,
        questions_left=standing.questions_left,
        concurrent_turns=allowance.at_once,
        query_seconds_per_day=allowance.seconds_per_day,
        query_seconds_left=None if standing.seconds_left is None else round(standing.seconds_left, 1),
    )
