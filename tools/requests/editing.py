"""Changing what a request states: only what a department may state, with where each field came from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tools.requests.model import EDITABLE, LABELS, Content, ShareRequest, Trace
from tools.requests.problems import Invalid

FIXED = {
    "sharing": "共享属性",
    "sharing_class": "共享属性",
    "condition": "共享条件",
    "level": "数据分级",
    "provider": "提供部门",
    "code": "目录代码",
    "title": "目录名称",
    "dataset": "申请的数据目录",
    "sharing_basis": "不予共享的依据",
    "opening": "开放属性",
    "update_frequency": "目录的更新频率",
}


def given(content: Content) -> dict[str, Any]:
    """What a typed content states: its fields that are set, with their sources."""
    return {name: getattr(content, name) for name in content.model_fields_set}


def with_changes(request: ShareRequest, changes: Mapping[str, Any], typed_by: str) -> ShareRequest:
    """The request with `changes` to its editable fields, which `typed_by` (a person's id) gave unless `sources` says else.

    Invalid for any other field, with the reason.
    """
    wrong = {name: _why_not(name) for name in changes if name not in (*EDITABLE, "sources")}
    if wrong:
        raise Invalid("；".join(dict.fromkeys(wrong.values())) + "。没有改动任何内容。", wrong)
    data = {**request.content.model_dump(), **changes}
    sources = {**request.sources, **{n: Trace(kind="officer", ref=typed_by) for n in changes if n in EDITABLE}}
    try:
        told = Content.model_validate({"sources": changes.get("sources", {})}).sources
        content = Content.model_validate({**data, "sources": {**sources, **told}})
    except ValidationError as error:
        fields = {_field(e["loc"]): _problem(e) for e in error.errors()}
        said = "；".join(f"“{LABELS.get(name, name)}”{problem}" for name, problem in fields.items())
        raise Invalid(f"{said}。没有改动任何内容。", fields) from error
    kept = {name: trace for name, trace in content.sources.items() if name == "dataset" or getattr(content, name, None)}
    return request.model_copy(update={**{n: getattr(content, n) for n in EDITABLE}, "sources": kept})


def _why_not(name: str) -> str:
    if name in FIXED:
        return f"{FIXED[name]}以数据目录为准，不能在申请里修改"
    if name in ("department", "officer"):
        return "申请部门和提出人就是您登录的身份，不能替别的部门申请"
    if name in ("state", "version", "number", "history", "created", "updated"):
        return f"“{name}”由系统记录，不能修改"
    return f"申请里没有“{name}”这一项"


def _field(place: tuple[int | str, ...]) -> str:
    return str(place[0]) if place else "content"


def _problem(error: Any) -> str:
    kinds = {
        "string_too_long": f"太长，最多{error.get('ctx', {}).get('max_length', '')}字",
        "string_too_short": "里有一项没有名称",
        "too_long": "列得太多",
        "extra_forbidden": f"里没有“{error['loc'][-1]}”这一栏",
    }
    if error["type"] in kinds:
        return kinds[error["type"]]
    return "的日期写法不对，要写成 2026-09-01 这样" if error["type"].startswith("date") else "的写法不对"


def differences(before: ShareRequest, after: ShareRequest) -> dict[str, list[Any]]:
    """Fields that differ, each with what it was and what it is: nothing that was ever written is lost."""
    found: dict[str, list[Any]] = {}
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    for name in (*EDITABLE, "dataset"):
        if old[name] != new[name]:
            found[name] = [old[name], new[name]]
    return found
