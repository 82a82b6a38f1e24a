"""The routes under /api."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from fastapi.security import HTTPBearer

from assistant.outcome import Answer, Outcome
from ui.principals import Principals
from ui.rest.errors import ApiError, ErrorReply
from ui.rest.limits import limit_headers, limits_of
from ui.rest.pace import paced
from ui.rest.schemas import (
    AskRequest,
    ConversationLine,
    ConversationsReply,
    HealthReply,
    HistoryReply,
    MeReply,
    OutcomeReply,
    RecordEntry,
    RecordReply,
    SearchReply,
)
from ui.rest.stream import sse
from ui.rest.table_files import table_csv, table_xlsx
from ui.rest.transcript import transcript
from ui.service import Searcher, Service
from ui.turnstile import Metered, Turnstile, one_turn

MOST_HITS = 50
Key = Annotated[str, Path(max_length=100, description="对话编号")]
As = Annotated[str | None, Query(alias="as", max_length=40, description="演示身份，仅演示工作区有效")]
Words = Annotated[str, Query(min_length=1, max_length=2000, description="检索词")]
Top = Annotated[int, Query(ge=1, le=MOST_HITS, description="返回条数")]
FAILURES: dict[int | str, dict[str, object]] = {
    401: {"model": ErrorReply},
    403: {"model": ErrorReply},
    404: {"model": ErrorReply},
    422: {"model": ErrorReply},
    429: {"model": ErrorReply},
    500: {"model": ErrorReply},
}
# For the description alone; `Principals` reads the header, and refuses a token that does not hold.
BEARER = HTTPBearer(
    scheme_name="令牌",
    auto_error=False,
    description="接口令牌，在账号页或用 zhengwen users token add 建立；不带即为公众",
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def routes(service: Service, searcher: Searcher, principals: Principals, turnstile: Turnstile) -> APIRouter:
    """All routes on one assistant. Handlers are plain functions: FastAPI runs each in its thread pool."""
    api = APIRouter(prefix="/api", responses=FAILURES, dependencies=[Depends(BEARER)])
    looks = APIRouter(dependencies=[Depends(paced(principals, turnstile))])  # what asks no question

    def turns_of(request: Request, conversation: str, asked_as: str | None) -> list[Outcome]:
        caller = principals.caller(request, asked_as)
        try:
            turns = service.history(conversation, caller.principal)
        except (KeyError, PermissionError):
            turns = []
        if not turns:
            raise ApiError(404, "no_conversation", "没有这个对话，或者它不属于当前使用者。")
        return turns

    @api.get("/health", tags=["服务"], summary="服务是否正常")
    def health() -> HealthReply:
        return HealthReply(status="ok", version=_version(), demo=principals.demo)

    @looks.get("/me", tags=["服务"], summary="服务把我当作谁，我的用量限制")
    def me(request: Request, response: Response, asked_as: As = None) -> MeReply:
        caller = principals.caller(request, asked_as)
        standing = turnstile.standing(caller)
        response.headers.update(limit_headers(standing) | {"Cache-Control": "no-store"})
        fields = caller.principal.model_dump(include={"id", "name", "role", "department", "district"})
        return MeReply(**fields, signed_in=caller.signed_in, limits=limits_of(standing))

    @looks.get("/me/record", tags=["服务"], summary="审计日志里关于我的记录，新的在前")
    def my_record(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=200, description="返回条数")] = 50,
        before: Annotated[int | None, Query(ge=1, description="接着哪一条往前看（n）")] = None,
    ) -> RecordReply:
        caller = principals.caller(request)
        if not caller.signed_in or principals.accounts is None:  # the public's record is many people's
            raise ApiError(401, "not_signed_in", "登录后才能查看自己的记录。")
        found = principals.accounts.record_of(caller.principal.id, limit, before)
        return RecordReply(entries=[RecordEntry(id=e.id, n=e.n, at=e.at, kind=e.kind, body=e.body) for e in found])

    @api.post("/ask", tags=["问答"], summary="提问，一次返回结果")
    def ask(body: AskRequest, request: Request, response: Response) -> OutcomeReply:
        caller = principals.caller(request, body.principal)
        with one_turn(turnstile, caller) as entered:
            outcome = service.ask(body.question, principal=caller.principal, conversation=body.conversation)
            entered.leave(outcome)
        response.headers.update(limit_headers(turnstile.standing(caller)))
        return OutcomeReply(outcome)

    @api.post(
        "/ask/stream",
        tags=["问答"],
        summary="提问，逐步返回",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}, "description": "step 事件若干，然后一个 outcome 事件"}},
    )
    def ask_stream(body: AskRequest, request: Request) -> StreamingResponse:
        caller = principals.caller(request, body.principal)
        entered = turnstile.enter(caller)
        items = Metered(
            service.stream(body.question, principal=caller.principal, conversation=body.conversation), entered
        )
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", **limit_headers(turnstile.standing(caller))}
        return StreamingResponse(sse(items), media_type="text/event-stream", headers=headers)

    @looks.get("/search/datasets", tags=["检索"], summary="检索数据目录")
    def datasets(request: Request, q: Words, top: Top = 10) -> SearchReply:
        principals.caller(request)
        hits = searcher.datasets(q, top)
        return SearchReply(query=q, hits=[hit.model_dump(mode="json") for hit in hits])

    @looks.get("/search/policies", tags=["检索"], summary="检索政策条款")
    def policies(request: Request, q: Words, top: Top = 10) -> SearchReply:
        principals.caller(request)
        hits = searcher.articles(q, top)
        return SearchReply(query=q, hits=[hit.model_dump(mode="json") for hit in hits])

    @looks.get("/conversations", tags=["对话"], summary="登录者的全部对话")
    def conversations(
        request: Request, limit: Annotated[int, Query(ge=1, le=1000, description="返回条数，新的在前")] = 200
    ) -> ConversationsReply:
        caller = principals.caller(request)
        if not caller.signed_in:  # those who have not signed in share one name, not one list
            raise ApiError(401, "not_signed_in", "登录后才有对话列表。没有登录时，请记住每个对话的编号。")
        lines = [
            ConversationLine(id=line.id, title=line.title, updated=str(line.updated))
            for line in service.conversations(caller.principal)[:limit]
        ]
        return ConversationsReply(conversations=lines)

    @looks.get("/conversations/{conversation}", tags=["对话"], summary="对话的全部回答")
    def history(request: Request, conversation: Key, asked_as: As = None) -> HistoryReply:
        turns = turns_of(request, conversation, asked_as)
        return HistoryReply(id=conversation, turns=[OutcomeReply(turn) for turn in turns])

    @looks.get("/conversations/{conversation}/export", tags=["对话"], summary="导出对话", response_class=Response)
    def export(
        request: Request,
        conversation: Key,
        kind: Annotated[Literal["md", "json"], Query(alias="format")] = "md",
        asked_as: As = None,
    ) -> Response:
        turns = turns_of(request, conversation, asked_as)
        if kind == "json":
            body = HistoryReply(id=conversation, turns=[OutcomeReply(turn) for turn in turns]).model_dump_json(indent=1)
            return _file(body.encode(), "application/json", "zhengwen-conversation.json")
        text = transcript(turns[0].question, turns)
        return _file(text.encode(), "text/markdown; charset=utf-8", "zhengwen-conversation.md")

    @looks.get(
        "/conversations/{conversation}/turns/{turn}/table",
        tags=["对话"],
        summary="下载结果表",
        response_class=Response,
    )
    def table(
        request: Request,
        conversation: Key,
        turn: Annotated[str, Path(max_length=100, description="回答编号")],
        kind: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "csv",
        asked_as: As = None,
    ) -> Response:
        answer = next((t for t in turns_of(request, conversation, asked_as) if t.id == turn), None)
        if not isinstance(answer, Answer) or answer.table is None:
            raise ApiError(404, "no_table", "这个回答没有结果表。")
        if kind == "xlsx":
            return _file(table_xlsx(answer), XLSX, "zhengwen-table.xlsx")
        return _file(table_csv(answer.table), "text/csv; charset=utf-8", "zhengwen-table.csv")

    api.include_router(looks)

    @api.api_route("/{rest:path}", methods=["GET", "POST"], include_in_schema=False)
    def nowhere(rest: str) -> None:
        raise ApiError(404, "http_404", "没有这个地址。接口说明见 /openapi.json。")

    return api


def _file(body: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type=media_type, headers=headers)


def _version() -> str:
    try:
        return version("zhengwen")
    except PackageNotFoundError:
        return ""
