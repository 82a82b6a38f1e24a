"""The routes under /api/requests: share requests for another program. Whoever it acts for is decided as everywhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from tools.principal import Principal
from tools.requests.checks import completeness
from tools.requests.ledger import figures_of
from tools.requests.model import ShareRequest
from tools.requests.paper.bundle import archive, paper_file
from tools.requests.paper.render import PAPERS, PaperError
from tools.requests.problems import Conflict, Invalid, NotAllowed, NotFound, NotNow, RequestError
from tools.requests.states import Action, State
from tools.requests.transitions import moves_open_to
from tools.requests.wanted import Wanted
from tools.state import StateError
from ui.principals import Principals
from ui.rest.errors import ApiError, ErrorReply

if TYPE_CHECKING:
    from tools.requests.desk import RequestDesk

Number = Annotated[str, InPath(max_length=40, description="申请编号")]
As = Annotated[str | None, Query(alias="as", max_length=40, description="演示身份，仅演示工作区有效")]
Result = TypeVar("Result")
_STATUS: tuple[tuple[type[RequestError], int, str], ...] = (
    (NotFound, 404, "no_request"),
    (NotAllowed, 403, "not_allowed"),
    (NotNow, 409, "not_now"),
    (Conflict, 409, "changed_meanwhile"),
    (Invalid, 422, "invalid_request"),
)
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "json": "application/json",
}


class NewRequest(BaseModel):
    """A draft for an entry of the catalogue. What the catalogue says, and who asks, is never taken from here."""

    model_config = ConfigDict(extra="forbid")

    dataset: str = Field(max_length=200, description="目录编号")
    content: dict[str, Any] = Field(default_factory=dict, description="已知的各项内容，字段名见 GET 的返回")


class Changes(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, description="看到的是第几版")
    changes: dict[str, Any] = Field(description="要改的各项内容；为空则只按现行目录更新目录内容")


class Act(BaseModel):
    """One act of a person. `version` is the one they saw: it is what they agree to."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, description="看到的是第几版")
    note: str = Field(default="", max_length=4000, description="理由、意见、补正内容或者处置情况")
    details: dict[str, Any] = Field(
        default_factory=dict, description="延期天数 days、同意的 items 和 ends、理由类别 ground"
    )


class RequestReply(BaseModel):
    """A request with what is derived from it for the person who asks."""

    request: ShareRequest
    missing: list[str]
    completeness: int
    deadline: dict[str, Any] | None
    checks: list[dict[str, Any]]
    actions: list[dict[str, str]]


def request_routes(desk: Callable[[], RequestDesk], principals: Principals, workspace: Path) -> APIRouter:
    """All routes on one desk, which is opened when the first needs it."""
    failures: dict[int | str, dict[str, Any]] = {code: {"model": ErrorReply} for code in (401, 403, 404, 409, 422)}
    api = APIRouter(prefix="/api/requests", tags=["共享申请"], responses=failures)

    def asking(request: Request, asked_as: str | None) -> Principal:
        return principals.caller(request, asked_as).principal

    def replied(found: ShareRequest, principal: Principal) -> RequestReply:
        due = desk().deadline(found)
        return RequestReply(
            request=found,
            missing=found.missing(),
            completeness=completeness(found),
            deadline=asdict(due) | {"text": due.text, "label": due.label} if due else None,
            checks=[asdict(check) | {"mark": check.mark} for check in desk().checks_of(found)],
            actions=[
                {"action": m.action.value, "label": m.action.label, "note": m.note, "article": m.article}
                for m in moves_open_to(found, principal)
            ],
        )

    @api.get("", summary="能看到的共享申请，新的在前")
    def listed(
        request: Request,
        state: Annotated[State | None, Query(description="只看一种状态")] = None,
        dataset: Annotated[str, Query(max_length=200, description="只看一个目录")] = "",
        asked_as: As = None,
    ) -> dict[str, list[dict[str, Any]]]:
        principal = asking(request, asked_as)
        wanted = Wanted(states=frozenset({state} if state else ()), dataset=dataset)
        found = _told(lambda: desk().visible(principal, wanted))
        return {"requests": [_line(desk(), r) for r in found]}

    @api.post("", summary="建立草稿；不会提交", status_code=201)
    def create(body: NewRequest, request: Request, asked_as: As = None) -> RequestReply:
        principal = asking(request, asked_as)
        return replied(_told(lambda: desk().create(principal, body.dataset, body.content)), principal)

    @api.get("/overdue", summary="超过期限和快到期限的申请")
    def overdue(
        request: Request, soon: Annotated[int, Query(ge=0, le=60)] = 2, asked_as: As = None
    ) -> dict[str, list[dict[str, Any]]]:
        principal = asking(request, asked_as)
        found = _told(lambda: desk().due(principal, soon))
        return {"requests": [_line(desk(), r) | {"overdue": d.overdue, "left": d.left} for r, d in found]}

    @api.get("/ledger", summary="台账和统计")
    def ledger(request: Request, asked_as: As = None) -> dict[str, Any]:
        principal = asking(request, asked_as)
        lines = _told(lambda: desk().ledger(principal))
        demands = _told(lambda: desk().demands(principal))
        return {
            "figures": asdict(figures_of(lines)),
            "lines": [asdict(line) for line in lines],
            "demands": [asdict(line) for line in demands],
        }

    @api.get("/export", summary="批量导出（zip）", response_class=Response)
    def export_all(
        request: Request,
        numbers: Annotated[
            list[str] | None, Query(alias="number", max_length=200, description="申请编号，可以几个")
        ] = None,
        asked_as: As = None,
    ) -> Response:
        principal = asking(request, asked_as)
        found = _told(lambda: [desk().get(n, principal) for n in numbers] if numbers else desk().visible(principal))
        data = _told(lambda: archive(desk(), found, workspace))
        desk().exported(principal, found, "zip")
        return _file(data, "application/zip", "share-requests.zip")

    @api.get("/{number}", summary="一件申请：内容、核对、期限、经过、能办的事")
    def show(number: Number, request: Request, asked_as: As = None) -> RequestReply:
        principal = asking(request, asked_as)
        return replied(_told(lambda: desk().get(number, principal)), principal)

    @api.patch("/{number}", summary="修改草稿")
    def edit(number: Number, body: Changes, request: Request, asked_as: As = None) -> RequestReply:
        principal = asking(request, asked_as)
        return replied(_told(lambda: desk().edit(number, principal, body.version, body.changes)), principal)

    @api.post("/{number}/acts/{action}", summary="办理一步：提交、同意、不同意、补正、延期、提供……")
    def act(number: Number, action: Action, body: Act, request: Request, asked_as: As = None) -> RequestReply:
        principal = asking(request, asked_as)
        if action in (Action.SUBMIT, Action.SUPPLY) and principals.caller(request, asked_as).way == "token":
            raise ApiError(403, "human_only", "提交申请须由本人登录后在网页上确认，不能由程序用令牌提交。")
        if action in (Action.CREATE, Action.EDIT):
            raise ApiError(
                422, "invalid_request", "建立和修改草稿请用 POST /api/requests 和 PATCH /api/requests/编号。"
            )
        done = _told(lambda: desk().act(number, principal, body.version, action, body.note, **body.details))
        return replied(done, principal)

    @api.get("/{number}/paper", summary="申请表或申请函（docx、pdf），或者 JSON", response_class=Response)
    def paper(
        number: Number,
        request: Request,
        kind: Annotated[Literal["docx", "pdf", "json"], Query(alias="format")] = "docx",
        which: Annotated[Literal["form", "letter"], Query(alias="paper")] = "form",
        asked_as: As = None,
    ) -> Response:
        principal = asking(request, asked_as)
        found = _told(lambda: desk().get(number, principal))
        data = _told(lambda: paper_file(desk(), found, kind, workspace, which))
        desk().exported(principal, [found], kind)
        name = f"{found.number}.json" if kind == "json" else f"{found.number}_{PAPERS[which].name}.{kind}"
        return _file(data, _TYPES[kind], name)

    return api


def _line(desk: RequestDesk, request: ShareRequest) -> dict[str, Any]:
    due = desk.deadline(request)
    return {
        "number": request.number,
        "version": request.version,
        "state": request.state.value,
        "state_label": request.state.label,
        "department": request.department,
        "dataset": request.dataset.id,
        "title": request.dataset.title,
        "provider": request.dataset.provider,
        "purpose": request.purpose,
        "missing": len(request.missing()),
        "deadline": {"kind": due.kind, "day": due.day, "text": due.text} if due else None,
    }


def _told(work: Callable[[], Result]) -> Result:
    """The result; a problem of the desk becomes this interface's refusal."""
    try:
        return work()
    except RequestError as problem:
        for kind, status, code in _STATUS:
            if isinstance(problem, kind):
                fields = problem.fields if isinstance(problem, Invalid) else {}
                if isinstance(problem, Conflict):
                    fields = {"version": str(problem.current.version)}
                raise ApiError(status, code, str(problem), fields) from problem
        raise
    except PaperError as problem:
        raise ApiError(503, "no_paper", str(problem)) from problem
    except StateError as problem:
        raise ApiError(503, "no_state", str(problem)) from problem
    except TypeError as problem:  # a detail that is no argument of an act
        raise ApiError(422, "invalid_request", "请求的内容不对（details：没有这一项）。") from problem


def _file(body: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(body, media_type=media_type, headers=headers)
