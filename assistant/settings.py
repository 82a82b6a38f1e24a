"""Settings: environment `ZHENGWEN_*` first, then `zhengwen.toml` in the workspace. No setting names a remote default."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from corpus.workspace import Workspace, WorkspaceError
from tools.accounts.settings import AccountSettings

_EXPECTED: dict[Any, str] = {
    str: "要写成带引号的文字",
    int: "要写成整数",
    float: "要写成数字",
    bool: "要写成 true 或 false",
    int | None: "要写成整数",
    date | None: "要写成日期，例如 2026-07-01",
}


class Settings(AccountSettings, BaseSettings):
    """What an owner may set. Everything has a default that works with no network and no model."""

    model_config = SettingsConfigDict(env_prefix="ZHENGWEN_", extra="ignore")

    city: str = Field("", description="城市（部门）名称，用在页面标题里；也是政策检索优先的地区")
    today: date | None = Field(None, description="把「今天」固定为某一天，演示和评测时用")
    model: str = Field(
        "", description="模型：OpenAI 兼容接口的地址（http://主机/v1#模型名）或本地 transformers 模型文件夹"
    )
    model_key: str = Field("", description="模型接口的密钥，没有就留空")
    model_timeout_s: float = Field(20.0, gt=0, description="一次提问里等待模型的总秒数，到时改用内置规则")
    query_timeout_s: float = Field(15.0, gt=0, description="一次查询的最长秒数")
    max_rows: int = Field(1000, ge=1, le=100_000, description="一次查询最多返回的行数")
    state: str = Field(
        "", description="状态库的地址：sqlite:///文件 或 postgresql+psycopg://用户:密码@主机/库名；留空用工作区里的文件"
    )
    audit_years: int = Field(3, ge=3, le=100, description="审计记录至少在日志里保存几年，期满才能归档")
    encoder: str = Field("", description="检索用的 sentence-transformers 模型文件夹或名称；留空用内置的向量")
    reranker: str = Field("", description="重排用的 sentence-transformers CrossEncoder 文件夹或名称；留空不用")
    chroma: str = Field(
        "", pattern=r"^(https?://.+)?$", description="Chroma 服务的地址（http://主机:端口）；留空存在工作区里"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings


def load_settings(workspace: Workspace) -> Settings:
    """The settings of a workspace; WorkspaceError says which one is wrong."""
    path: Path = workspace.settings_path
    values = _read(path) if path.exists() else {}
    for name in values:
        if name not in Settings.model_fields:
            near = difflib.get_close_matches(name, Settings.model_fields, 1)
            hint = f"，是不是想写“{near[0]}”" if near else ""
            raise WorkspaceError(f"设置文件 {path} 里有不认识的设置项“{name}”{hint}。请改正或删掉这一行后再试。")
    try:
        return Settings(**values)
    except ValidationError as error:
        raise WorkspaceError(f"{'；'.join(_wrong(path, e) for e in error.errors())}。请改正后再试。") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = f"第{found[1]}行" if found else "末尾"
        raise WorkspaceError(
            f"设置文件 {path} 的{line}写法不对（TOML 格式，例如 max_rows = 1000）。请改正后再试。"
        ) from error
    except UnicodeDecodeError as error:
        raise WorkspaceError(f"设置文件 {path} 不是 UTF-8 文本。请用 UTF-8 编码重新保存后再试。") from error
    except OSError as error:
        raise WorkspaceError(f"设置文件 {path} 无法读取。请检查它的权限后再试。") from error


def _wrong(path: Path, error: Any) -> str:
    """One wrong setting: where it stands and what it should be."""
    name = str(error["loc"][0]) if error["loc"] else "?"
    field = Settings.model_fields.get(name)
    variable = f"ZHENGWEN_{name.upper()}"
    where = f"环境变量 {variable}" if variable in os.environ else f"设置文件 {path} 里的 {name}"
    limits = {"greater_than": "gt", "greater_than_equal": "ge", "less_than_equal": "le"}
    context = error.get("ctx", {})
    words = {"gt": "要大于", "ge": "不能小于", "le": "不能大于"}
    kind = limits.get(error["type"])
    reason = (
        f"{words[kind]}{context[kind]:g}" if kind else _EXPECTED.get(getattr(field, "annotation", None), "格式不对")
    )
    return f"{where} 的值不对：{reason}（{field.description if field else ''}）"
