"""Train the encoder that ships: `python -m retrieval.training.train --train DIR --laws DIR --data DIR --out DIR`.

Runs on a CPU in about a quarter of an hour, the same way every time; `--device cuda` uses a GPU for the second stage. Writes a sentence-transformers
folder and `training.json`, which names every set that went in.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.encoder import Vectors
from retrieval.text import normalise
from retrieval.thesaurus import load_thesaurus
from retrieval.training.contrast import fine_tune
from retrieval.training.cooccurrence import count_pairs, first_vectors
from retrieval.training.material import pairs, texts
from retrieval.training.vocabulary import build_tokenizer, count_words


def save_model(folder: Path, tokenizer: Any, vectors: Vectors) -> None:
    """A sentence-transformers folder: one StaticEmbedding module and a normalisation, weights as 16-bit floats."""
    from safetensors.numpy import save_file

    module = folder / "0_StaticEmbedding"
    module.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(module / "tokenizer.json"))
    save_file({"embedding.weight": vectors.astype(np.float16)}, str(module / "model.safetensors"))
    path = "sentence_transformers.sentence_transformer.modules"
    modules = [
        {"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": f"{path}.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{path}.Normalize"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules, indent=1), "utf-8")
    config: dict[str, object] = {
        "model_type": "SentenceTransformer",
        "prompts": {},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }
    (folder / "config_sentence_transformers.json").write_text(json.dumps(config, indent=1), "utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    for name in ("train", "laws", "data", "out"):
        options.add_argument(f"--{name}", type=Path, required=True)
    options.add_argument("--pieces", type=int, default=40_000)
    options.add_argument("--dimensions", type=int, default=256)
    options.add_argument("--share", type=float, default=0.5, help="share of the running text used for counting")
    options.add_argument("--steps", type=int, default=6000, help="batches of the second stage")
    options.add_argument("--rate", type=float, default=0.002)
    options.add_argument("--device", default="cpu")
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    started = time.monotonic()

    def log(text: str) -> None:
        print(f"[{time.monotonic() - started:.0f} s] {text}", flush=True)

    stage = given.out / "first.npz"
    material = pairs(given.train, given.laws, given.data, given.seed)
    log(f"pairs { ({name: len(members) for name, members in material.items()}) }")
    own = sorted(load_thesaurus().words())
    if (given.out / "tokenizer.json").is_file() and stage.is_file():
        from tokenizers import Tokenizer

        tokenizer, first = Tokenizer.from_file(str(given.out / "tokenizer.json")), np.load(stage)["first"]
    else:
        given.out.mkdir(parents=True, exist_ok=True)
        sides = [side for members in material.values() for pair in members for side in pair]
        lines = [*texts(given.train, given.laws, given.share, given.seed), *sides]
        counts = count_words(lines, own)
        for word in own:
            counts[normalise(word)] += 20  # our own words are pieces even where the texts are silent
        log(f"words {len(counts)}")
        tokenizer = build_tokenizer(counts, given.pieces)
        tokenizer.save(str(given.out / "tokenizer.json"))
        pairs_seen, seen = count_pairs(lines, tokenizer, tokenizer.get_vocab_size())
        log(f"co-occurrences {pairs_seen.nnz}")
        del lines
        first = first_vectors(pairs_seen, seen, given.dimensions)
        np.savez(stage, first=first)
    log("fine-tuning")
    trained = fine_tune(
        first, tokenizer, material, steps=given.steps, device=given.device, seed=given.seed, rate=given.rate
    )
    save_model(given.out / "model", tokenizer, trained)
    save_model(given.out / "model-first", tokenizer, first)
    options_used = {name: value for name, value in vars(given).items() if not isinstance(value, Path)}
    summary = {"sets": {name: len(members) for name, members in material.items()}, "options": options_used}
    for folder in (given.out, given.out / "model"):
        (folder / "training.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), "utf-8")
    log("done")


if __name__ == "__main__":
    main()
