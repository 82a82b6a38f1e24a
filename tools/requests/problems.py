"""Why something about a request was not done. The messages are Chinese sentences: what, why, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.requests.model import Event, ShareRequest


class RequestError(Exception):
    """What was asked for was not done, and nothing was changed."""


class NotFound(RequestError):
    """No such request, or not one that this person may see: the two read the same."""


class NotAllowed(RequestError):
    """This person may not do this to this request."""


class NotNow(RequestError):
    """The request is not in a state, or the day is not one, in which this can be done."""


class Invalid(RequestError):
    """What was given is not acceptable; `fields` names what is wrong with each field."""

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class Conflict(RequestError):
    """Somebody else changed the request since this person saw it. Theirs is in `current`, and what was not saved in `yours`."""

    def __init__(self, current: ShareRequest, since: list[Event], yours: dict[str, object]) -> None:
        self.current, self.since, self.yours = current, since, yours
        who = "、".join(dict.fromkeys(e.actor_name or e.actor for e in since)) or "别人"
        did = "、".join(dict.fromkeys(_said(e) for e in since)) or "改过"
        kept = "您的修改没有保存，也没有丢失，" if yours else ""
        super().__init__(
            f"申请 {current.number} 在您打开之后已被{who}处理（{did}，现在是第{current.version}版）。"
            f"{kept}请看过最新内容后再操作。"
        )


def _said(event: Event) -> str:
    from tools.requests.model import LABELS

    fields = [LABELS.get(name, name) for name in event.details.get("changes", {})]
    return event.action.label + (f"：{'、'.join(fields)}" if fields else "")
