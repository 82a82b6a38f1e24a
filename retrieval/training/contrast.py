"""Fine-tuning: texts that belong together come close, the other texts of the batch stay away."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors
from retrieval.training.material import Pair

Encoded = tuple[
    NDArray[np.int64], NDArray[np.int64]
]  # all pieces in a row, and where each text begins (one more at the end)


def fine_tune(
    vectors: Vectors,
    tokenizer: Any,
    pairs: dict[str, list[Pair]],
    *,
    steps: int,
    device: str,
    seed: int,
    batch: int = 512,
    rate: float = 0.002,
    temperature: float = 0.07,
    drop: float = 0.1,
) -> Vectors:
    """Train the table on batches of one set each for `steps` batches; sets are drawn by the square root of their size."""
    import torch

    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    table = torch.nn.EmbeddingBag.from_pretrained(torch.tensor(vectors), freeze=False, mode="sum", sparse=True).to(
        device
    )
    optimizer = torch.optim.SparseAdam(table.parameters(), lr=rate)
    names = list(pairs)
    encoded = {name: [_encode(tokenizer, [pair[side] for pair in pairs[name]]) for side in (0, 1)] for name in names}
    shares = np.sqrt([len(pairs[name]) for name in names])
    shares /= shares.sum()
    losses = 0.0
    for step in range(1, steps + 1):
        name = names[chance.choice(len(names), p=shares)]
        count = len(pairs[name])
        chosen = (
            chance.choice(count, min(batch, count), replace=False)
            if count < 50_000
            else chance.integers(0, count, batch)
        )
        a, b = (_embed(table, side, chosen, chance, drop, device) for side in encoded[name])
        similarities = a @ b.T / temperature
        target = torch.arange(len(chosen), device=device)
        loss = torch.nn.functional.cross_entropy(similarities, target) + torch.nn.functional.cross_entropy(
            similarities.T, target
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses += float(loss.detach())
        if step % 500 == 0:
            print(f"step {step} loss {losses / 500:.3f}", flush=True)
            losses = 0.0
    trained: Vectors = table.weight.detach().cpu().numpy().astype(np.float32)
    trained[0] = 0.0
    return trained


def _encode(tokenizer: Any, texts: list[str], longest: int = 96) -> Encoded:
    ids = [encoding.ids[:longest] or [0] for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
    starts = np.zeros(len(ids) + 1, dtype=np.int64)
    np.cumsum([len(part) for part in ids], out=starts[1:])
    return np.fromiter((piece for part in ids for piece in part), dtype=np.int64, count=int(starts[-1])), starts


def _embed(table: Any, texts: Encoded, chosen: Any, chance: np.random.Generator, drop: float, device: str) -> Any:
    """Unit vectors of the chosen texts; each piece is left out with probability `drop`."""
    import torch

    pieces, starts = texts
    lengths = starts[chosen + 1] - starts[chosen]
    offsets = np.cumsum(lengths) - lengths
    flat = np.arange(int(lengths.sum())) - np.repeat(offsets, lengths) + np.repeat(starts[chosen], lengths)
    kept = (chance.random(len(flat)) >= drop) | (np.repeat(lengths, lengths) <= 3)
    weights = torch.tensor(kept.astype(np.float32), device=device)
    sums = table(
        torch.tensor(pieces[flat], device=device), torch.tensor(offsets, device=device), per_sample_weights=weights
    )
    return torch.nn.functional.normalize(sums, dim=1)
