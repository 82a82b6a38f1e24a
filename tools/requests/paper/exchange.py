"""A request as JSON for another platform: stable names, no words of the screen, everything that the form says."""

from __future__ import annotations

from datetime import date
from typing import Any

from tools.requests.model import ShareRequest
from tools.requests.states import Action

FORMAT = "zhengwen-share-request/1"


def exchange_of(request: ShareRequest) -> dict[str, Any]:
    """The request for a provincial platform. Dates are ISO 8601; a field that is not stated is null."""
    entry = request.dataset
    submitted, reply = request.last(Action.SUBMIT), request.last(Action.ACCEPT, Action.REFUSE)
    return {
        "format": FORMAT,
        "number": request.number,
        "version": request.version,
        "state": request.state.value,
        "applicant": {
            "department": request.department,
            "officer": request.officer_name or None,
            "contact": request.contact or None,
            "agency_head": request.agency_head or None,
        },
        "catalogue": {
            "id": entry.id,
            "code": entry.code or None,
            "title": entry.title,
            "provider": entry.provider or None,
            "region": entry.region or None,
            "sharing": entry.sharing.value if entry.sharing else None,
            "condition": entry.condition or None,
            "level": entry.level or None,
            "update_frequency": entry.update_frequency or None,
        },
        "items": [{"name": i.name, "use": i.use or None} for i in request.items],
        "left_out": [{"name": i.name, "reason": i.reason or None} for i in request.left_out],
        "basis": [
            {
                "document": b.document or None,
                "article": b.article or None,
                "quote": b.quote or None,
                "duty": b.duty or None,
            }
            for b in request.basis
        ],
        "purpose": request.purpose or None,
        "scenario": request.scenario or None,
        "use_scope": request.use_scope or None,
        "method": request.method or None,
        "period": {"starts": _day(request.starts), "ends": _day(request.ends)},
        "frequency": request.frequency or None,
        "security": request.security or None,
        "disposal": request.disposal or None,
        "personal_impact": request.personal_impact or None,
        "submitted": _day(submitted.day if submitted else None),
        "reply": {
            "day": _day(reply.day),
            "agreed": reply.action is Action.ACCEPT,
            "items": reply.details.get("items"),
            "ends": reply.details.get("ends"),
            "reason": reply.note or None,
        }
        if reply
        else None,
        "sources": {name: trace.model_dump() for name, trace in request.sources.items()},
        "missing": request.missing(),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
