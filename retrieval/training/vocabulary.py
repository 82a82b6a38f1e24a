"""A tokenizer whose pieces are Chinese words: a unigram model over counted words, so that it cuts as a segmenter would."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from retrieval.segment import Segmenter
from retrieval.text import HAN, normalise

UNKNOWN = "[UNK]"


def count_words(lines: Iterable[str], extra: Iterable[str] = ()) -> Counter[str]:
    """How often each dictionary word and each character occurs in normalised text."""
    segmenter = Segmenter(extra)
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(segmenter.words_of_normal(normalise(line)))
    return counts


def build_tokenizer(counts: Counter[str], size: int) -> Any:
    """A `tokenizers.Tokenizer`; every Chinese character that occurs is a piece, so nothing common is unknown."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    characters: Counter[str] = Counter()
    for word, count in counts.items():
        for character in word:
            characters[character] += count
    chosen = {c: max(1, n // 20) for c, n in characters.most_common(7000)}
    for word, count in counts.most_common():
        if len(chosen) >= size:
            break
        if 2 <= len(word) <= 8:
            chosen[word] = count
    total = sum(chosen.values())
    pieces = [
        (UNKNOWN, -30.0),
        *((w, math.log(n / total)) for w, n in sorted(chosen.items(), key=lambda p: (-p[1], p[0]))),
    ]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    split = pre_tokenizers.Split(Regex(rf"[{HAN}]+|[a-z0-9.]+"), behavior="removed", invert=True)
    tokenizer.pre_tokenizer = split
    return tokenizer
