"""A model in a folder, run on this machine's processor through langchain-huggingface."""

from __future__ import annotations

import os
import threading
from typing import Any

from assistant.model.address import Folder
from assistant.model.chat import MOST_TOKENS, NO_REPLY, USELESS, ModelFailed, usable
from assistant.model.deadline import Budget, TooLate, within
from assistant.model.status import folder_fault
from assistant.model.tracing import switch_off_tracing
from prompts import Prompt

NOT_LOADED = "本地模型无法加载"


class FolderModel:
    """Loaded once, when first needed; one generation at a time, for each takes all the processor there is."""

    def __init__(self, address: Folder) -> None:
        self._address = address
        self._chat: Any = None
        self._fault: ModelFailed | None = None
        self._loading = threading.Lock()
        self._running = threading.Lock()

    @property
    def name(self) -> str:
        return self._address.name

    def ready(self) -> None:
        with self._loading:
            if self._fault is not None:
                raise self._fault
            if self._chat is not None:
                return
            try:
                self._chat = self._load()
            except Exception as error:
                self._fault = ModelFailed(NOT_LOADED)
                raise self._fault from error

    def reply(self, prompt: Prompt, timeout_s: float) -> str:
        self.ready()
        budget = Budget(timeout_s)
        # The lock is taken here and let go in the thread that generates: an abandoned generation still holds it.
        if timeout_s <= 0 or not self._running.acquire(timeout=budget.remaining_s):
            raise ModelFailed(NO_REPLY)
        try:
            return usable(within(budget.remaining_s, lambda: self._generate(prompt, budget), lambda: None))
        except TooLate as error:
            raise ModelFailed(NO_REPLY) from error

    def _generate(self, prompt: Prompt, budget: Budget) -> object:
        try:
            messages = [("system", prompt.system), ("human", prompt.user)]
            settings = {
                "max_new_tokens": self._room(messages),
                # Generation looks at the clock after each token. It stops before the time is up: a model that goes on
                # and on may have said what was wanted at the beginning.
                "max_time": 0.8 * budget.remaining_s,
                "do_sample": False,
                "return_full_text": False,
            }
            return self._chat.invoke(messages, pipeline_kwargs=settings).text
        except ModelFailed:
            raise
        except Exception as error:
            raise ModelFailed(USELESS) from error
        finally:
            self._running.release()

    def _room(self, messages: list[tuple[str, str]]) -> int:
        """How many tokens may be generated after a prompt; ModelFailed when the model cannot read all of it."""
        roles = {"system": "system", "human": "user"}
        text = self._chat.tokenizer.apply_chat_template(
            [{"role": roles[role], "content": content} for role, content in messages],
            tokenize=False,
            add_generation_prompt=True,
        )
        used = len(self._chat.tokenizer(text)["input_ids"])
        longest = getattr(self._chat.llm.pipeline.model.config, "max_position_embeddings", None) or 4096
        if used + 64 > longest:
            raise ModelFailed("问题和表结构超出了本地模型能读的长度")
        return min(MOST_TOKENS, int(longest) - used)

    def _load(self) -> Any:
        if fault := folder_fault(self._address):
            raise ValueError(fault)
        # A folder is complete or not usable; nothing is looked for elsewhere.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        switch_off_tracing()
        from langchain_huggingface import ChatHuggingFace, HuggingFacePipeline
        from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline

        path = str(self._address.path)
        only_here = {"local_files_only": True, "trust_remote_code": False}
        tokenizer = AutoTokenizer.from_pretrained(path, **only_here)
        weights = AutoModelForCausalLM.from_pretrained(path, use_safetensors=True, **only_here)
        generator = pipeline("text-generation", model=weights, tokenizer=tokenizer, device="cpu")
        return ChatHuggingFace(llm=HuggingFacePipeline(pipeline=generator, model_id=path), tokenizer=tokenizer)
