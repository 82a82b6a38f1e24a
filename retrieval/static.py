"""A static sentence-transformers model (one vector a piece, averaged) without torch: numpy, tokenizers and safetensors."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.encoder import Vectors, unit
from retrieval.errors import EncoderUnavailable
from retrieval.text import normalise

SHIPPED = Path(__file__).parent / "model"
_LONGEST = 512  # pieces of one text that are looked at


class StaticEncoder:
    """Gives the same vectors as sentence-transformers does for the same folder, in a thousandth of the start-up time."""

    def __init__(self, folder: Path) -> None:
        self._module = folder / "0_StaticEmbedding"
        if not (self._module / "model.safetensors").is_file() or not (self._module / "tokenizer.json").is_file():
            raise EncoderUnavailable(f"编码器文件夹 {folder} 不完整。请重新安装，或改用别的向量模型。")

    @cached_property
    def name(self) -> str:
        return f"static:{zlib.crc32((self._module / 'model.safetensors').read_bytes()):08x}"

    @cached_property
    def _table(self) -> Any:
        from safetensors.numpy import load_file

        return load_file(self._module / "model.safetensors")["embedding.weight"]

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._module / "tokenizer.json"))

    @property
    def dimensions(self) -> int:
        return int(self._table.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        encodings = self._tokenizer.encode_batch([normalise(text) for text in texts], add_special_tokens=False)
        for row, encoding in enumerate(encodings):
            ids = encoding.ids[:_LONGEST]
            if ids:
                rows[row] = self._table[ids].astype(np.float32).mean(axis=0)
        return unit(rows)

    def pieces(self, text: str) -> Vectors:
        """One unit row for each piece of `text`, shape (pieces, dimensions): to look for one word's meaning in it."""
        ids = self._tokenizer.encode(normalise(text), add_special_tokens=False).ids[:_LONGEST]
        return unit(self._table[ids].astype(np.float32)) if ids else np.zeros((0, self.dimensions), dtype=np.float32)

    def encode_query(self, text: str) -> Vectors:
        row: Vectors = self.encode([text])[0]
        return row
