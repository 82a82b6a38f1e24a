"""The configured model, if there is one: what it may do in a turn, and what is done when it fails.

Importing this package is cheap; langchain, langgraph and transformers are loaded when a model is first asked.
"""

from __future__ import annotations

from assistant.model.address import ModelSettingError
from assistant.model.chat import ChatModel, ModelFailed, connect
from assistant.model.status import ModelStatus, describe

__all__ = ["ChatModel", "ModelFailed", "ModelSettingError", "ModelStatus", "connect", "describe"]
