"""A turn as server-sent events: `step` for each step, then one `outcome`, or one `error`."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator
from dataclasses import asdict

from assistant.events import StepEvent
from assistant.outcome import Outcome

log = logging.getLogger(__name__)


def sse(items: Iterator[StepEvent | Outcome]) -> Iterator[str]:
    """Frames of text/event-stream. A failure becomes an `error` event that tells no more than a number."""
    try:
        for item in items:
            if isinstance(item, StepEvent):
                yield _frame("step", json.dumps(asdict(item), ensure_ascii=False))
            else:
                yield _frame("outcome", item.model_dump_json())
    except Exception:
        number = secrets.token_hex(4)
        log.exception("stream failed, number %s", number)
        message = f"服务出错。请稍后再试；若反复出现，请把编号 {number} 告诉管理员。"
        yield _frame("error", json.dumps({"error": {"code": "internal", "message": message}}, ensure_ascii=False))


def _frame(event: str, data: str) -> str:
    return f"event: {event}\ndata: {data}\n\n"
