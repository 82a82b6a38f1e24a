"""Every failure as one JSON shape with a Chinese sentence: {"error": {"code", "message", "fields"}}."""

from __future__ import annotations

import logging
import math
import secrets
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from tools.accounts import NotSignedIn
from ui.principals import MustChange
from ui.turnstile import LOOKS_LIMIT, TooMuch

log = logging.getLogger(__name__)

_STATUS = {
    400: "请求的内容不对。",
    401: "请先登录。",
    403: "没有权限。",
    404: "没有这个地址或内容。",
    405: "这个地址不支持该请求方法。",
    413: "请求内容太长。",
    415: "请用 application/json 发送请求。",
    429: "请求太多，请稍后再试。",
}
_PROBLEMS = {
    "missing": "缺少这一项",
    "string_too_long": "太长",
    "string_too_short": "不能为空",
    "string_type": "应当是文字",
    "int_parsing": "应当是整数",
    "int_type": "应当是整数",
    "less_than_equal": "太大",
    "greater_than_equal": "太小",
    "literal_error": "不在可选范围内",
    "enum": "不在可选范围内",
    "json_invalid": "不是合法的 JSON",
    "extra_forbidden": "没有这一项",
    "model_attributes_type": "应当是 JSON 对象",
}


class ErrorBody(BaseModel):
    code: str
    message: str
    fields: dict[str, str] = Field(default_factory=dict)


class ErrorReply(BaseModel):
    """What every failure returns."""

    error: ErrorBody


class ApiError(Exception):
    """A refusal with its HTTP status and the sentence to show; `fields` says what is wrong with each field."""

    def __init__(self, status: int, code: str, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fields = status, code, message, fields


def reply(status: int, code: str, message: str, fields: dict[str, str] | None = None) -> JSONResponse:
    body = ErrorReply(error=ErrorBody(code=code, message=message, fields=fields or {}))
    return JSONResponse(body.model_dump(), status_code=status)


def not_admitted(error: NotSignedIn) -> JSONResponse:
    """Who is asking is not known (401), or known and has to change a first password (403)."""
    if isinstance(error, MustChange):
        return reply(403, "password_change_required", str(error))
    answer = reply(401, "not_signed_in", str(error))
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def install(app: FastAPI) -> None:
    """Answer every failure of the app in this shape."""

    @app.exception_handler(ApiError)
    async def refused(_request: Request, error: ApiError) -> JSONResponse:
        return reply(error.status, error.code, error.message, error.fields)

    @app.exception_handler(NotSignedIn)
    async def not_signed_in(_request: Request, error: NotSignedIn) -> JSONResponse:
        return not_admitted(error)

    @app.exception_handler(TooMuch)
    async def too_much(_request: Request, error: TooMuch) -> JSONResponse:
        answer = reply(429, "too_many_requests" if error.limit == LOOKS_LIMIT else "too_many_questions", str(error))
        if error.wait is not None:
            answer.headers["Retry-After"] = str(max(1, math.ceil(error.wait)))
        return answer

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = {_where(item): _problem(item) for item in error.errors()}
        listed = "；".join(f"{name}：{problem}" for name, problem in fields.items())
        return reply(422, "invalid_request", f"请求的内容不对（{listed}）。", fields)

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> JSONResponse:
        return reply(error.status_code, f"http_{error.status_code}", _STATUS.get(error.status_code, "请求没有成功。"))

    @app.exception_handler(Exception)
    async def broken(_request: Request, error: Exception) -> JSONResponse:
        number = secrets.token_hex(4)
        log.error("request failed, number %s", number, exc_info=error)
        return reply(500, "internal", f"服务出错。请稍后再试；若反复出现，请把编号 {number} 告诉管理员。")


def _where(item: Any) -> str:
    parts = [str(part) for part in item["loc"] if part not in ("body", "query", "path")]
    return ".".join(parts) if parts else "请求体"


def _problem(item: Any) -> str:
    context = item.get("ctx") or {}
    limit = next((context[k] for k in ("max_length", "min_length", "le", "ge") if k in context), None)
    text = _PROBLEMS.get(item["type"], "格式不对")
    return f"{text}（界限 {limit}）" if limit is not None else text
