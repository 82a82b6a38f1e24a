"""A model behind an OpenAI-compatible interface, asked through langchain-openai."""

from __future__ import annotations

from functools import cache
from typing import Any

from assistant.model.address import Endpoint
from assistant.model.chat import MOST_TOKENS, NO_REPLY, USELESS, ModelFailed, NoReply, usable
from assistant.model.deadline import TooLate, within
from assistant.model.tracing import switch_off_tracing
from prompts import Prompt


@cache
def _certificates() -> Any:
    """The certificate authorities that are trusted; reading them takes longer than all else about a call."""
    import httpx

    return httpx.create_ssl_context()


class EndpointModel:
    """Every call has a client of its own: closing it is how a call that takes too long is ended."""

    def __init__(self, address: Endpoint, key: str) -> None:
        self._address = address
        # The library would otherwise take OPENAI_API_KEY, a key meant for somebody else, and send it here.
        self._key = key or "none"

    @property
    def name(self) -> str:
        return self._address.name

    def ready(self) -> None:
        import langchain_openai  # noqa: F401

        switch_off_tracing()

    def reply(self, prompt: Prompt, timeout_s: float) -> str:
        import httpx

        self.ready()
        if timeout_s <= 0:
            raise NoReply(NO_REPLY)
        # A proxy set for the outside world does not reach a service on this machine.
        client = httpx.Client(timeout=timeout_s, trust_env=not self._address.local, verify=_certificates())
        try:
            return usable(within(timeout_s, lambda: self._ask(prompt, client), client.close))
        except TooLate as error:
            raise NoReply(NO_REPLY) from error
        finally:
            client.close()

    def _ask(self, prompt: Prompt, client: Any) -> object:
        import openai
        from langchain_openai import ChatOpenAI

        try:
            chat = ChatOpenAI(
                model=self._address.name,
                base_url=self._address.url,
                api_key=self._key,  # type: ignore[arg-type]  # a plain text is accepted and kept as a secret
                http_client=client,
                max_retries=0,
                temperature=0,
                max_tokens=MOST_TOKENS,  # type: ignore[call-arg]  # the field's public alias
                use_responses_api=False,
            )
            return chat.invoke([("system", prompt.system), ("human", prompt.user)]).text
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise ModelFailed("模型服务不接受密钥") from error
        except openai.APIStatusError as error:
            raise ModelFailed(f"模型服务返回错误{error.status_code}") from error
        except openai.APIConnectionError as error:
            raise NoReply(NO_REPLY) from error
        except Exception as error:  # an answer of any other shape fails somewhere inside the library
            raise ModelFailed(USELESS) from error
