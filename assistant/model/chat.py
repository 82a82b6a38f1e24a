"""One way to ask a model, whichever is configured: a prompt goes in, its words come out, or ModelFailed says why not."""

from __future__ import annotations

from typing import Protocol

from assistant.model.address import Endpoint, read_address
from assistant.settings import Settings
from prompts import Prompt

LONGEST_REPLY = 20_000  # characters; what follows is cut off
MOST_TOKENS = 1500

NO_REPLY = "模型没有响应"
USELESS = "模型返回的内容不能使用"


class ModelFailed(Exception):
    """The model gave nothing usable; the message is a Chinese clause, 「模型没有响应」."""


class NoReply(ModelFailed):
    """Nothing came back in time, or nobody was there."""


class ChatModel(Protocol):
    """A configured model. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """What the owner calls it; it stands in outcomes as `model:<name>`."""
        ...

    def ready(self) -> None:
        """Load what the first call needs, which may take seconds. ModelFailed when that is not possible."""
        ...

    def reply(self, prompt: Prompt, timeout_s: float) -> str:
        """The model's words, without leading and trailing space, never empty. ModelFailed for everything else."""
        ...


def connect(settings: Settings) -> ChatModel | None:
    """The configured model; None without the setting. ModelSettingError when the setting cannot be meant."""
    if not settings.model.strip():
        return None
    address = read_address(settings.model)
    if isinstance(address, Endpoint):
        from assistant.model.cooldown import Cooldown
        from assistant.model.endpoint import EndpointModel

        return Cooldown(EndpointModel(address, settings.model_key))
    from assistant.model.folder import FolderModel

    return FolderModel(address)


def usable(content: object) -> str:
    """The words of a reply; ModelFailed when there are none."""
    text = content.strip()[:LONGEST_REPLY] if isinstance(content, str) else ""
    if not text:
        raise ModelFailed("模型没有给出内容")
    return text
