"""Settings: environment `ZHENGWEN_*` first, then `zhengwen.toml` in the workspace. No setting names a remote default."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from corpus.workspace import Workspace, WorkspaceError


class Settings(BaseSettings):
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
    encoder: str = Field("", description="检索用的 sentence-transformers 模型文件夹或名称；留空用内置的向量")

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
    values: dict[str, Any] = {}
    if path.exists():
        try:
            values = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise WorkspaceError(f"设置文件 {path} 无法读取：{error}。请改正后再试。") from error
    try:
        return Settings(**values)
    except ValidationError as error:
        fields = "、".join(str(e["loc"][0]) if e["loc"] else "?" for e in error.errors())
        raise WorkspaceError(f"设置项 {fields} 的值不对（{path} 或环境变量 ZHENGWEN_*）。请改正后再试。") from error
