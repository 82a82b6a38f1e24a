"""What a form of a share request sends, read into changes and acts. Nothing is trusted: the desk judges what it gets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assistant.requesting.citing import Verified, cited_in
from assistant.requesting.said import Cited
from tools.requests.model import EDITABLE, Basis, ShareRequest
from tools.requests.problems import Invalid
from tools.requests.states import Action

Verify = Callable[[Cited], list[Verified]]
LONGEST_FORM = 64 * 1024
_QUOTED = re.compile(r"^(?P<cited>《[^》]+》第[^：:]{1,12}条(?:第[^：:]{1,6}[款项])?)\s*[：:]\s*(?P<words>.{2,})$")
_PLAIN = frozenset(EDITABLE) - {"items", "left_out", "basis"}


def changes_in(
    form: Mapping[str, Sequence[str]], request: ShareRequest, titles: Sequence[str], verify: Verify
) -> dict[str, Any]:
    """The changes that an edit form sends: only fields that stand in it. Invalid for a basis that does not hold."""
    changes: dict[str, Any] = {name: values[-1].strip() for name, values in form.items() if name in _PLAIN and values}
    if "items-shown" in form:
        changes |= _items(form, request)
    if "basis" in form:
        known = {basis.label: basis for basis in request.basis}
        changes["basis"] = [b.model_dump() for b in _bases(form["basis"][-1], known, titles, verify)]
    return changes


def _items(form: Mapping[str, Sequence[str]], request: ShareRequest) -> dict[str, Any]:
    """The ticked items with what each is for; the others with the reason that stands there, or the person's choice."""
    ticked = set(form.get("item", ()))
    uses = {item.name: item.use for item in request.items}
    reasons = {item.name: item.reason for item in request.left_out}
    names = [item.name for item in request.dataset.items] or [item.name for item in request.items]
    wanted, left = [], []
    for number, name in enumerate(names):
        if name in ticked:
            said = form.get(f"use-{number}", [uses.get(name, "")])[-1].strip()
            wanted.append({"name": name, "use": said or uses.get(name, "") or request.purpose[:500]})
        else:
            left.append({"name": name, "reason": reasons.get(name) or "经办人没有选择"})
    return {"items": wanted, "left_out": left}


def _bases(text: str, known: Mapping[str, Basis], titles: Sequence[str], verify: Verify) -> list[Basis]:
    """One basis a line: 「《…》第…条」, with its words after a colon where the text is not held here; or a duty.

    `known`: those that stand there already, by label; their words are kept.
    """
    found: list[Basis] = []
    for line in (part.strip() for part in text.splitlines()):
        if not line:
            continue
        named, words = _QUOTED.match(line), ""
        if named:
            line, words = named["cited"], named["words"].strip().strip("“”")
        cited = cited_in(line, titles) or [Cited(duty=line, quote=line)]
        for one in (v for c in cited for v in verify(c)):
            if one.basis is None:
                raise Invalid(one.note, {"basis": one.note})
            kept = known.get(one.basis.label)
            words = words or (kept.quote if kept is not None else "")
            found.append(one.basis if one.basis.quote or not words else one.basis.model_copy(update={"quote": words}))
    return found


def act_in(form: Mapping[str, Sequence[str]]) -> tuple[Action, str, dict[str, Any]]:
    """The act that a form sends, with its note and particulars. Invalid for one that is none."""

    def one(name: str) -> str:
        return form.get(name, [""])[-1].strip()

    try:
        action = Action(one("action"))
    except ValueError as error:
        raise Invalid("没有这个操作。") from error
    if action in (Action.CREATE, Action.EDIT):
        raise Invalid("没有这个操作。")
    if action is Action.SUBMIT and one("sure") != "yes":
        raise Invalid("请先勾选确认，再提交。草稿没有变动。")
    details: dict[str, Any] = {}
    if action is Action.ASK_EXTENSION:
        details["days"] = one("days")
    if action is Action.ACCEPT:
        details |= {"items": list(form.get("item", ())), "ends": one("ends"), "agreed_by": one("agreed_by")}
        if not details["items"]:
            raise Invalid("请至少选择一个同意提供的数据项；都不同意的，请选“不同意共享”并说明理由。")
    return action, one("note"), details
