"""A cross-encoder, if one is configured: it reads question and text together, which ranks better and takes far longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from retrieval.encoder import is_absent_folder
from retrieval.errors import RerankerUnavailable
from retrieval.segment import grams
from retrieval.shelf import Candidate
from retrieval.text import passages

READ = 24  # candidates that are read again
_SHARE = 0.6  # of the cross-encoder in the score; what it was not shown keeps the other share


class PairScorer(Protocol):
    """`name` identifies the model."""

    @property
    def name(self) -> str: ...

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers, 0..1."""
        ...


class CrossEncoderScorer:
    """Any sentence-transformers CrossEncoder with one output, by folder or name. Loaded on first use."""

    def __init__(self, model: str, *, batch: int = 16) -> None:
        if is_absent_folder(model):
            raise RerankerUnavailable(f"重排模型文件夹 {model} 不存在。请检查路径，或留空不用重排模型。")
        self._model_name = str(Path(model).expanduser()) if Path(model).expanduser().is_dir() else model
        self._batch = batch

    @property
    def name(self) -> str:
        return f"cross-encoder:{self._model_name}"

    @cached_property
    def _model(self) -> Any:
        try:
            from sentence_transformers import CrossEncoder

            model = CrossEncoder(self._model_name, device="cpu")
        except Exception as error:  # the library raises many kinds for a wrong folder or a missing network
            raise RerankerUnavailable(
                f"重排模型 {self._model_name} 无法载入。请检查文件夹是否完整，或留空不用重排模型。"
            ) from error
        if model.num_labels != 1:
            raise RerankerUnavailable(
                f"重排模型 {self._model_name} 给出{model.num_labels}个分数，需要只给一个分数的模型。请换一个。"
            )
        return model

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        if not texts:
            return []
        rows = self._model.predict(
            [(question, text) for text in texts], batch_size=self._batch, show_progress_bar=False
        )
        values = np.asarray(rows, dtype=np.float64).reshape(len(texts))
        if ((values < 0) | (values > 1)).any():  # a model that gives raw scores
            values = 1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0)))
        return [float(value) for value in values]


def read_again(question: str, found: Sequence[Candidate], scorer: PairScorer) -> list[Candidate]:
    """The candidates with the best of them ordered by what the scorer says of their best passages."""
    first = list(found[:READ])
    pairs = set(grams(question))
    values = scorer.score(question, [_passage(candidate, pairs) for candidate in first])
    read = [
        replace(candidate, score=_SHARE * value + (1.0 - _SHARE) * candidate.score)
        for candidate, value in zip(first, values, strict=True)
    ]
    rest = [replace(candidate, score=(1.0 - _SHARE) * candidate.score) for candidate in found[READ:]]
    return sorted([*read, *rest], key=lambda c: (-c.score, c.record.id, c.record.ordinal))


def _passage(candidate: Candidate, pairs: set[str]) -> str:
    """Title and the passage that shares most character pairs with the question: a long text would be cut off."""
    record = candidate.record
    best = max(passages(record.text, 400), key=lambda part: len(pairs & set(grams(part))), default="")
    return f"{record.title} {best}".strip()


def configured_reranker(setting: str) -> PairScorer | None:
    """The cross-encoder that a setting names; None for an empty one. RerankerUnavailable says in Chinese what is wrong."""
    return CrossEncoderScorer(setting) if setting else None
