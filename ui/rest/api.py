"""The routes under /api."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response, StreamingResponse

from assistant.outcome import Answer, Outcome
from ui.principals import Principals
from ui.rest.errors import ApiError, ErrorReply
from ui.rest.schemas import AskRequest, HealthReply, HistoryReply, OutcomeReply, SearchReply
from ui.rest.stream import sse
from ui.rest.table_files import table_csv, table_xlsx
from ui.rest.transcript import transcript
from ui.service import Searcher, Service

MOST_HITS = 50
Key = Annotated[str, Path(max_length=100, description="对话编号")]
As = Annotated[str | None, Query(alias="as", max_length=40, description="演示身份，仅演示工作区有效")]
Words = Annotated[str, Query(min_length=1, max_length=2000, description="检索词")]
Top = Annotated[int, Query(ge=1, le=MOST_HITS, description="返回条数")]
FAILURES: dict[int | str, dict[str, object]] = {
    404: {"model": ErrorReply},
    422: {"model": ErrorReply},
    500: {"model": ErrorReply},
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def routes(service: Service, searcher: Searcher, principals: Principals) -> APIRouter:
    """All routes on one assistant. Handlers are plain functions: FastAPI runs each in its thread pool."""
    api = APIRouter(prefix="/api", responses=FAILURES)

    def turns_of(conversation: str, asked_as: str | None) -> list[Outcome]:
        try:
            turns = service.history(conversation, principals.resolve(asked_as))
        except (KeyError, PermissionError):
            turns = []
        if not turns:
            raise ApiError(404, "no_conversation", "没有这个对话，或者它不属于当前使用者。")
        return turns

    @api.get("/health", tags=["服务"], summary="服务是否正常")
    def health() -> HealthReply:
        return HealthReply(status="ok", version=_version(), demo=principals.demo)

    @api.post("/ask", tags=["问答"], summary="提问，一次返回结果")
    def ask(body: AskRequest) -> OutcomeReply:
        principal = principals.resolve(body.principal)
        return OutcomeReply(service.ask(body.question, principal=principal, conversation=body.conversation))

    @api.post(
        "/ask/stream",
        tags=["问答"],
        summary="提问，逐步返回",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}, "description": "step 事件若干，然后一个 outcome 事件"}},
    )
    def ask_stream(body: AskRequest) -> StreamingResponse:
        principal = principals.resolve(body.principal)
        items = service.stream(body.question, principal=principal, conversation=body.conversation)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(sse(items), media_type="text/event-stream", headers=headers)

    @api.get("/search/datasets", tags=["检索"], summary="检索数据目录")
    def datasets(q: Words, top: Top = 10) -> SearchReply:
        hits = searcher.datasets(q, top)
        return SearchReply(query=q, hits=[hit.model_dump(mode="json") for hit in hits])

    @api.get("/search/policies", tags=["检索"], summary="检索政策条款")
    def policies(q: Words, top: Top = 10) -> SearchReply:
        hits = searcher.articles(q, top)
        return SearchReply(query=q, hits=[hit.model_dump(mode="json") for hit in hits])

    @api.get("/conversations/{conversation}", tags=["对话"], summary="对话的全部回答")
    def history(conversation: Key, asked_as: As = None) -> HistoryReply:
        turns = turns_of(conversation, asked_as)
        return HistoryReply(id=conversation, turns=[OutcomeReply(turn) for turn in turns])

    @api.get("/conversations/{conversation}/export", tags=["对话"], summary="导出对话", response_class=Response)
    def export(
        conversation: Key, kind: Annotated[Literal["md", "json"], Query(alias="format")] = "md", asked_as: As = None
    ) -> Response:
        turns = turns_of(conversation, asked_as)
        if kind == "json":
            body = HistoryReply(id=conversation, turns=[OutcomeReply(turn) for turn in turns]).model_dump_json(indent=1)
            return _file(body.encode(), "application/json", "zhengwen-conversation.json")
        text = transcript(turns[0].question, turns)
        return _file(text.encode(), "text/markdown; charset=utf-8", "zhengwen-conversation.md")

    @api.get(
        "/conversations/{conversation}/turns/{turn}/table",
        tags=["对话"],
        summary="下载结果表",
        response_class=Response,
    )
    def table(
        conversation: Key,
        turn: Annotated[str, Path(max_length=100, description="回答编号")],
        kind: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "csv",
        asked_as: As = None,
    ) -> Response:
        answer = next((t for t in turns_of(conversation, asked_as) if t.id == turn), None)
        if not isinstance(answer, Answer) or answer.table is None:
            raise ApiError(404, "no_table", "这个回答没有结果表。")
        if kind == "xlsx":
            return _file(table_xlsx(answer), XLSX, "zhengwen-table.xlsx")
        return _file(table_csv(answer.table), "text/csv; charset=utf-8", "zhengwen-table.csv")

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
