"""Any sentence-transformers model, by folder or name, as an encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.encoder import Vectors, unit
from retrieval.errors import EncoderUnavailable


class SentenceEncoder:
    """Loaded on first use: importing torch takes seconds, and a workspace may never ask."""

    def __init__(self, model: str, *, batch: int = 64) -> None:
        self._model_name = str(Path(model).expanduser()) if Path(model).expanduser().is_dir() else model
        self._batch = batch

    @cached_property
    def _model(self) -> Any:
        try:
            from sentence_transformers import SentenceTransformer

            return SentenceTransformer(self._model_name, device="cpu")
        except Exception as error:  # the library raises many kinds for a wrong folder or a missing network
            raise EncoderUnavailable(
                f"向量模型 {self._model_name} 无法载入。请检查文件夹是否完整，或改用内置编码器。"
            ) from error

    @cached_property
    def name(self) -> str:
        """Name with a digest of the folder's configuration, so that another model in the same folder is noticed."""
        folder = Path(self._model_name)
        digest = hashlib.sha256()
        if folder.is_dir():
            for part in sorted(folder.rglob("*")):
                if part.is_file():
                    digest.update(
                        f"{part.relative_to(folder)}:{part.stat().st_size}:{part.stat().st_mtime_ns}".encode()
                    )
        return f"sentence-transformers:{self._model_name}:{digest.hexdigest()[:8]}"

    @property
    def dimensions(self) -> int:
        return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        rows = self._model.encode(list(texts), batch_size=self._batch, show_progress_bar=False, convert_to_numpy=True)
        rows = np.asarray(rows, dtype=np.float32)
        rows[[not text.strip() for text in texts]] = 0.0
        return unit(rows)

    def encode_query(self, text: str) -> Vectors:
        """Uses the model's own query prompt when it has one (bge, e5)."""
        prompts = getattr(self._model, "prompts", None) or {}
        options = {"prompt_name": "query"} if prompts.get("query") else {}
        rows = self._model.encode([text], show_progress_bar=False, convert_to_numpy=True, **options)
        found: Vectors = unit(np.asarray(rows, dtype=np.float32))[0]
        return found
