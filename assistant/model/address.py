"""What the setting `ZHENGWEN_MODEL` names: an endpoint and a model's name there, or a folder. Nothing is a default."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from corpus.workspace import WorkspaceError

_HOW = "请写成 http://主机:端口/v1#模型名，或本地 transformers 模型文件夹的路径。"


class ModelSettingError(WorkspaceError):
    """The setting cannot be meant; the message is a Chinese sentence that says what to write."""


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible interface: `url` up to and with its version (…/v1), `name` of the model there."""

    url: str
    name: str
    host: str
    port: int

    @property
    def local(self) -> bool:
        """Whether it is on this machine."""
        return self.host == "localhost" or self.host == "::1" or self.host.startswith("127.")


@dataclass(frozen=True)
class Folder:
    """A folder with a transformers model in it."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name


def read_address(setting: str) -> Endpoint | Folder:
    """What `setting` names. ModelSettingError when it is neither an address nor an existing folder."""
    setting = setting.strip()
    if "://" in setting:
        return _endpoint(setting)
    path = Path(setting).expanduser()
    if not path.is_dir():
        raise ModelSettingError(f"模型设置“{setting}”既不是网址，也不是已有的文件夹。{_HOW}")
    return Folder(path.resolve())


def _endpoint(setting: str) -> Endpoint:
    address, _, name = setting.partition("#")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ModelSettingError(f"模型设置的网址“{_without_key(address)}”写得不对。{_HOW}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelSettingError(
            f"模型设置的网址“{_without_key(address)}”写得不对，应以 http:// 或 https:// 开头。{_HOW}"
        )
    if parts.username or parts.password or parts.query:
        raise ModelSettingError("模型设置的网址里不能写用户名、密码或参数，密钥请写在 ZHENGWEN_MODEL_KEY 里。")
    if not name.strip():
        raise ModelSettingError(f"模型设置“{setting}”缺少模型名。{_HOW}")
    return Endpoint(address.rstrip("/"), name.strip(), parts.hostname, port or (443 if parts.scheme == "https" else 80))


def _without_key(address: str) -> str:
    """The address without what stands before `@` or after `?`: either may be a secret."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"
