"""Whether the configured model can be used, found out cheaply: no word is sent to it and nothing heavy is loaded."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.model.address import Endpoint, Folder, ModelSettingError, read_address
from assistant.settings import Settings

CHECK_S = 3.0


@dataclass(frozen=True)
class ModelStatus:
    """`message` is a Chinese sentence for people: what is configured, whether it works, what to do if not."""

    configured: bool
    kind: Literal["none", "endpoint", "folder", "wrong"]
    name: str
    ok: bool
    message: str


def describe(settings: Settings) -> ModelStatus:
    """The state of the configured model. An endpoint is asked for its list of models; a folder is looked into."""
    if not settings.model.strip():
        return ModelStatus(False, "none", "", True, "没有配置，全部使用内置规则（不联网）。需要时设置 ZHENGWEN_MODEL。")
    try:
        address = read_address(settings.model)
    except ModelSettingError as error:
        return ModelStatus(True, "wrong", "", False, str(error))
    if isinstance(address, Endpoint):
        fault = _endpoint_fault(address, settings.model_key)
        at = f"{address.url} 的模型“{address.name}”"
        kind: Literal["endpoint", "folder"] = "endpoint"
    else:
        fault = folder_fault(address)
        at = f"本地文件夹 {address.path}"
        kind = "folder"
    if fault:
        return ModelStatus(True, kind, address.name, False, f"已配置{at}，但{fault}在此之前由内置规则回答。")
    return ModelStatus(True, kind, address.name, True, f"已配置{at}，检查正常。")


def _endpoint_fault(address: Endpoint, key: str) -> str:
    """What is wrong with an endpoint; empty when it lists its models, or answers that it has no such list."""
    request = urllib.request.Request(f"{address.url}/models")
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    # A proxy set for the outside world does not reach a service on this machine.
    handlers = [urllib.request.ProxyHandler({})] if address.local else []
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=CHECK_S) as answer:
            body = answer.read(1_000_000)
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            return "服务不接受密钥，请检查 ZHENGWEN_MODEL_KEY。"
        return f"服务返回错误 {error.code}，请检查模型服务。" if error.code >= 500 else ""
    except (OSError, ValueError):
        return f"{CHECK_S:.0f}秒内连接不上，请检查地址和模型服务是否已启动。"
    served = _model_names(body)
    if served and address.name not in served:
        return f"服务上没有这个模型，现有的是：{'、'.join(served[:8])}，请改正 ZHENGWEN_MODEL。"
    return ""


def _model_names(body: bytes) -> list[str]:
    """The models an endpoint lists; empty when its answer is no such list."""
    try:
        return [str(entry["id"]) for entry in json.loads(body)["data"]]
    except (ValueError, KeyError, TypeError):
        return []


def folder_fault(address: Folder) -> str:
    """What a folder lacks for being loaded as a chat model; empty when nothing."""
    try:
        config = json.loads((address.path / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return "其中没有可以读取的 config.json，请换成完整的 transformers 模型文件夹。"
    if not isinstance(config, dict) or not config.get("model_type"):
        return "config.json 里没有 model_type，请换成完整的 transformers 模型文件夹。"
    if not any(address.path.glob("*.safetensors")):
        return "其中没有 safetensors 格式的权重（其他格式可能夹带程序，不予加载），请转换后再用。"
    if not ((address.path / "tokenizer.json").exists() or (address.path / "tokenizer.model").exists()):
        return "其中没有分词器文件（tokenizer.json），请换成完整的 transformers 模型文件夹。"
    if not _has_chat_template(address.path):
        return "它没有对话模板（chat_template），请换成对话模型。"
    return ""


def _has_chat_template(path: Path) -> bool:
    if (path / "chat_template.jinja").exists() or (path / "chat_template.json").exists():
        return True
    try:
        return bool(json.loads((path / "tokenizer_config.json").read_text("utf-8")).get("chat_template"))
    except (OSError, ValueError, AttributeError):
        return False
