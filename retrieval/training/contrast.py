"""Fine-tuning: texts that belong together come close, the other texts of the batch stay away."""

from __future__ import annotations

import random
import time
from typing import Any

import numpy as np

from retrieval.encoder import Vectors
from retrieval.training.material import Pair


def fine_tune(
    vectors: Vectors,
    tokenizer: Any,
    pairs: dict[str, list[Pair]],
    *,
    minutes: float,
    device: str,
    seed: int,
    batch: int = 512,
    rate: float = 0.002,
    temperature: float = 0.07,
    drop: float = 0.1,
) -> Vectors:
    """Train the table on batches of one set each for `minutes`; sets are drawn by the square root of their size."""
    import torch

    torch.manual_seed(seed)
    chance = random.Random(seed)
    table = torch.nn.EmbeddingBag.from_pretrained(torch.tensor(vectors), freeze=False, mode="mean", sparse=True).to(
        device
    )
    optimizer = torch.optim.SparseAdam(table.parameters(), lr=rate)
    encoded = {
        name: [_ids(tokenizer, [p[side] for p in members]) for side in (0, 1)] for name, members in pairs.items()
    }
    names = list(encoded)
    sizes = [len(pairs[name]) ** 0.5 for name in names]
    until = time.monotonic() + minutes * 60
    step, losses = 0, 0.0
    while time.monotonic() < until:
        name = chance.choices(names, sizes)[0]
        left, right = encoded[name]
        chosen = [chance.randrange(len(left)) for _ in range(min(batch, len(left)))]
        a = _embed(table, [left[i] for i in chosen], chance, drop, device)
        b = _embed(table, [right[i] for i in chosen], chance, drop, device)
        similarities = a @ b.T / temperature
        target = torch.arange(len(chosen), device=device)
        loss = torch.nn.functional.cross_entropy(similarities, target) + torch.nn.functional.cross_entropy(
            similarities.T, target
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
        losses += float(loss.detach())
        if step % 250 == 0:
            print(f"step {step} loss {losses / 250:.3f}", flush=True)
            losses = 0.0
    trained: Vectors = table.weight.detach().cpu().numpy().astype(np.float32)
    trained[0] = 0.0
    return trained


def _ids(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    return [encoding.ids[:96] for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]


def _embed(table: Any, batch: list[list[int]], chance: random.Random, drop: float, device: str) -> Any:
    import torch

    flat: list[int] = []
    offsets: list[int] = []
    for ids in batch:
        offsets.append(len(flat))
        kept = [i for i in ids if chance.random() >= drop] if len(ids) > 3 else ids
        flat += kept or ids or [0]
    sums = table(torch.tensor(flat, device=device), torch.tensor(offsets, device=device))
    return torch.nn.functional.normalize(sums, dim=1)
