"""The routes under /api/users: accounts, for administrators who have signed in or hold a token. Nobody else learns a name."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from tools.accounts import AccountError
from tools.accounts.accounts import Accounts
from tools.accounts.administration import ADMIN, Administration
from tools.accounts.users import User
from ui.principals import Principals
from ui.rest.errors import ApiError, ErrorReply

Name = Annotated[str, InPath(max_length=100, description="用户名")]


class NewUser(BaseModel):
    """An account to make. Its one-time password is in the answer and nowhere else."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=100, description="用户名，登录时用")
    role: str = Field(
        max_length=40, description="角色：citizen、official、steward、evaluator、admin，或权限规则里的角色"
    )
    name: str = Field(default="", max_length=200, description="姓名")
    department: str = Field(default="", max_length=400, description="所在部门，与数据目录里的提供部门同名")
    district: str = Field(default="", max_length=200, description="所在区县")


class UserLine(BaseModel):
    id: str
    name: str
    role: str
    department: str
    district: str
    active: bool
    must_change: bool = Field(description="还没有修改初始密码")
    locked_for: int = Field(description="因多次输错还要锁定几秒")


class UsersReply(BaseModel):
    users: list[UserLine]


class PasswordReply(BaseModel):
    user: UserLine
    password: str = Field(description="一次性密码，只在这里出现一次；本人首次登录时要修改")


def user_routes(accounts: Accounts, principals: Principals) -> APIRouter:
    """Listing, adding, keeping out, letting in again and resetting a password."""
    failures: dict[int | str, dict[str, Any]] = {code: {"model": ErrorReply} for code in (401, 403, 404, 422)}
    api = APIRouter(prefix="/api/users", tags=["账号管理"], responses=failures)

    def administration(request: Request) -> Administration:
        caller = principals.caller(request)
        if not caller.signed_in:  # the demo's role switch is a costume
            raise ApiError(401, "not_signed_in", "请以系统管理员的身份登录，或使用管理员的令牌。")
        if caller.principal.role != ADMIN:
            accounts.denied("users_denied", caller.principal.id, caller.address)
            raise ApiError(403, "not_allowed", "账号由系统管理员管理，当前身份没有这个权限。")
        return Administration(accounts, caller.principal.id, caller.address)

    def line(user: User) -> UserLine:
        fields = {name: getattr(user, name) for name in UserLine.model_fields if name != "locked_for"}
        return UserLine(**fields, locked_for=round(accounts.attempts.wait(user.id)))

    def known(key: str) -> str:
        user = accounts.users.get(key)
        if user is None:
            raise ApiError(404, "no_user", f"没有名为“{key}”的账号。")
        return user.id

    @api.get("", summary="全部账号")
    def listed(request: Request, response: Response) -> UsersReply:
        administration(request)
        response.headers["Cache-Control"] = "no-store"
        return UsersReply(users=[line(user) for user in accounts.users.all()])

    @api.post("", summary="建立账号，返回一次性密码", status_code=201)
    def add(body: NewUser, request: Request, response: Response) -> PasswordReply:
        desk = administration(request)
        response.headers["Cache-Control"] = "no-store"
        try:
            user, shown = desk.add(
                body.id, body.role, name=body.name, department=body.department, district=body.district
            )
        except AccountError as error:
            raise ApiError(422, "invalid_account", str(error)) from error
        return PasswordReply(user=line(user), password=shown)

    @api.post("/{key}/disable", summary="停用账号：立即退出所有登录，令牌全部撤销")
    def disable(key: Name, request: Request) -> UserLine:
        return switched(key, request, False)

    @api.post("/{key}/enable", summary="重新启用账号")
    def enable(key: Name, request: Request) -> UserLine:
        return switched(key, request, True)

    def switched(key: str, request: Request, active: bool) -> UserLine:
        desk = administration(request)
        try:
            return line(desk.switch(known(key), active))
        except AccountError as error:
            raise ApiError(422, "invalid_account", str(error)) from error

    @api.post("/{key}/password", summary="重设密码，返回一次性密码")
    def reset(key: Name, request: Request, response: Response) -> PasswordReply:
        desk = administration(request)
        response.headers["Cache-Control"] = "no-store"
        try:
            user, shown = desk.reset(known(key))
        except AccountError as error:
            raise ApiError(422, "invalid_account", str(error)) from error
        return PasswordReply(user=line(user), password=shown)

    return api
