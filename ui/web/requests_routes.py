"""The addresses of the pages of share requests. Every change is a person's form: nothing happens by opening a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.policy_texts import policy_texts
from assistant.requesting.citing import Verified, verified
from assistant.requesting.said import Cited
from assistant.services import Services
from tools.accounts import NotSignedIn
from tools.requests.model import ShareRequest
from tools.requests.paper.bundle import paper_file
from tools.requests.paper.render import PaperError
from tools.requests.people import department_of
from tools.requests.problems import Conflict, NotAllowed, NotFound, RequestError
from tools.state import StateError
from ui.principals import Caller, Principals
from ui.web.requests_card import Typed, card_html
from ui.web.requests_forms import LONGEST_FORM, act_in, changes_in
from ui.web.requests_page import detail_page, list_page, message_page
from ui.web.requests_view import listed, request_view, undo_changes, undoable

As = Annotated[str, Query(alias="as", max_length=40)]
At = Annotated[str, Query(max_length=40)]
ONLY_OFFICERS = "共享申请由政府部门的工作人员办理。请先以部门人员的身份登录。"
PARTS = ("card", "talk")  # what the script asks for: the card alone, on its page or in a conversation
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "json": "application/json",
}
Form = dict[str, list[str]]


def request_routes(services: Services, principals: Principals) -> APIRouter:
    """Pages under /requests. A form that cannot be carried out is shown again with what was typed, and why."""
    pages = APIRouter(prefix="/requests", include_in_schema=False)

    def caller_of(request: Request, asked: str) -> Caller:
        caller = principals.caller(request, asked or None)
        if caller.way == "token":
            raise NotAllowed("这些页面由人办理，不接受程序的令牌。程序请用 /api/requests。")
        if not department_of(caller.principal):
            raise NotAllowed(ONLY_OFFICERS)
        return caller

    def show(
        request: Request, caller: Caller, found: ShareRequest, at: str = "", *, status: int = 200, **told: Any
    ) -> Response:
        """The card alone for the script, the whole page for everyone else."""
        part = request.headers.get("x-part", "")
        view = request_view(services.desk, found, caller.principal, at, asks=part != "talk")
        card = card_html(view, _base(request), caller.link, **told)
        if part in PARTS:
            return _html(card, status)
        page = detail_page(card, found.number, caller.principal, _base(request), caller.link)
        return _html(page, status)

    def guarded(request: Request, asked: str, work: Callable[[Caller], Response]) -> Response:
        """What goes wrong becomes one sentence on a page."""
        caller: Caller | None = None
        try:
            caller = caller_of(request, asked)
            return work(caller)
        except NotSignedIn as problem:
            return _told(request, str(problem), 401, caller)
        except NotFound as problem:
            return _told(request, str(problem), 404, caller)
        except NotAllowed as problem:
            return _told(request, str(problem), 403, caller)
        except (RequestError, StateError, PaperError) as problem:
            return _told(request, str(problem), 409, caller)

    @pages.get("")
    def everything(request: Request, asked: As = "") -> Response:
        def work(caller: Caller) -> Response:
            found = listed(services.desk, caller.principal)
            return _html(list_page(found, caller.principal, _base(request), caller.link))

        return guarded(request, asked, work)

    @pages.get("/{number}")
    def one(request: Request, number: str, asked: As = "", at: At = "") -> Response:
        def work(caller: Caller) -> Response:
            return show(request, caller, services.desk.get(number, caller.principal), at)

        return guarded(request, asked, work)

    @pages.get("/{number}/export/{kind}")
    def export(request: Request, number: str, kind: str, asked: As = "") -> Response:
        def work(caller: Caller) -> Response:
            found = services.desk.get(number, caller.principal)
            paper, form = ("letter", "docx") if kind == "letter" else ("form", kind)
            if form not in _TYPES:
                raise NotFound("没有这种导出格式。")
            body = paper_file(services.desk, found, form, Path(services.workspace.root), paper)  # type: ignore[arg-type]
            services.desk.exported(caller.principal, [found], form)
            name = f"{found.number}{'-letter' if paper == 'letter' else ''}.{form}"
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
            return Response(body, media_type=_TYPES[form], headers=headers)

        return guarded(request, asked, work)

    def changing(
        request: Request,
        number: str,
        form: Form,
        change: Callable[[Caller, ShareRequest, int], tuple[ShareRequest, str]],
    ) -> Response:
        """Carry out a form; where that fails nothing is lost: the page comes back with what was typed."""

        def work(caller: Caller) -> Response:
            found = services.desk.get(number, caller.principal)
            try:
                done, note = change(caller, found, _version(form))
            except Conflict as problem:
                return show(request, caller, problem.current, status=409, problem=str(problem), typed=_typed(form))
            except (NotFound, NotAllowed):
                raise
            except RequestError as problem:
                at = next((name for name in form if name not in ("version", "as")), "")
                told = {"problem": str(problem), "typed": _typed(form)}
                return show(request, caller, services.desk.get(number, caller.principal), at, status=422, **told)
            if request.headers.get("x-part") in PARTS:
                return show(request, caller, done, note=note)
            query = urlencode({"as": caller.link}) if caller.link else ""
            return RedirectResponse(f"{_base(request)}/requests/{done.number}" + (f"?{query}" if query else ""), 303)

        return guarded(request, form.get("as", [""])[-1], work)

    @pages.post("/{number}/edit")
    async def edit(request: Request, number: str) -> Response:
        form = await _form(request)

        def change(caller: Caller, found: ShareRequest, version: int) -> tuple[ShareRequest, str]:
            texts = policy_texts(services.store, str(services.index.manifest.get("store", "")))

            def verify(cited: Cited) -> list[Verified]:
                return verified(cited, list(texts.documents.values()), services.today)

            changes = changes_in(form, found, [*texts.by_title], verify)
            return services.desk.edit(number, caller.principal, version, changes), "已保存。"

        return await run_in_threadpool(changing, request, number, form, change)

    @pages.post("/{number}/undo")
    async def undo(request: Request, number: str) -> Response:
        form = await _form(request)

        def change(caller: Caller, found: ShareRequest, version: int) -> tuple[ShareRequest, str]:
            changes = undo_changes(found) if undoable(found) else {}
            return services.desk.edit(number, caller.principal, version, changes), "已撤销上次修改。"

        return await run_in_threadpool(changing, request, number, form, change)

    @pages.post("/{number}/act")
    async def act(request: Request, number: str) -> Response:
        form = await _form(request)

        def change(caller: Caller, found: ShareRequest, version: int) -> tuple[ShareRequest, str]:
            action, note, details = act_in(form)
            done = services.desk.act(number, caller.principal, version, action, note, **details)
            return done, f"已办理：{action.label}。"

        return await run_in_threadpool(changing, request, number, form, change)

    return pages


async def _form(request: Request) -> Form:
    """The form's fields, blank ones too. What is not one, or is too long, is empty."""
    body = await request.body()
    if len(body) > LONGEST_FORM:
        return {}
    try:
        return parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=2000)
    except ValueError:
        return {}


def _version(form: Form) -> int:
    said = form.get("version", [""])[-1]
    return int(said) if said.isdigit() and len(said) < 9 else 0


def _typed(form: Form) -> Typed:
    return {name: values[-1] for name, values in form.items() if name not in ("version", "as") and values}


def _told(request: Request, text: str, status: int, caller: Caller | None) -> Response:
    link = caller.link if caller else ""
    return _html(message_page(text, caller.principal if caller else None, _base(request), link), status)


def _base(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _html(body: str, status: int = 200) -> Response:
    return HTMLResponse(body, status_code=status, headers={"Cache-Control": "no-store"})
