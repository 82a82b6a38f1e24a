"""Encoders: texts in, unit vectors out. The rest of retrieval only knows this protocol."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import EncoderUnavailable

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """`name` identifies the vectors: an index built with another name is rebuilt, never mixed."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, shape (len(texts), dimensions); a text that says nothing is a zero row."""
        ...

    def encode_query(self, text: str) -> Vectors:
        """One unit row, shape (dimensions,)."""
        ...


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length one; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-9)
    return scaled


def is_absent_folder(setting: str) -> bool:
    """Whether a setting is written as a path, and there is no folder."""
    return setting.startswith((".", "/", "~")) and not Path(setting).expanduser().is_dir()


def configured_encoder(setting: str) -> Encoder | None:
    """The encoder that a setting names: a sentence-transformers folder or model name; None for an empty one: the built-in encoder.

    EncoderUnavailable says in Chinese what is wrong.
    """
    from retrieval.sentence import SentenceEncoder

    if not setting:
        return None
    if is_absent_folder(setting):
        raise EncoderUnavailable(f"向量模型文件夹 {setting} 不存在。请检查路径，或留空使用内置编码器。")
    return SentenceEncoder(setting)
