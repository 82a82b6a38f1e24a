"""What a large catalogue needs: conditions by lookup, an array searched in blocks, and the bench that measures it all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from corpus.catalog import Dataset
from evals.beir import write_jsonl
from evals.scale import run_scale
from evals.scale_catalog import probes, vary
from retrieval.chroma import ChromaVectors, database
from retrieval.conditions import Facets, read_conditions
from retrieval.dense import DenseIndex, VectorWriter
from retrieval.facets import FacetNames
from retrieval.text import normalise
from retrieval.thesaurus import load_thesaurus

PLACES = ["平果市", "平果", "云澜市", "云澜", "东川县", "广西", "清江区", "清江"]
OFFICES = ["水务局", "人力资源和社会保障局", "人力资源和社会保障局办公室", "统计局", "统计局普查中心", "教育局"]
COUNTS = {**{f"p:{n}": 3 for n in PLACES}, **{f"o:{n}": 2 for n in OFFICES}, "f:month": 4, "x:csv": 5, "c:open": 6}
WORDS = [*PLACES, *OFFICES, "人社局", "每月更新的", "CSV格式", "无条件开放", "的", "学校名录", "2024年以后", "哪里能查"]


@given(st.lists(st.sampled_from(WORDS), max_size=7).map("".join))
def test_looking_names_up_reads_the_same_conditions_as_going_through_all(question: str) -> None:
    thesaurus, text = load_thesaurus(), normalise(question)
    also = (other for *_, word in thesaurus.matches(text) for other in thesaurus.expand(word))
    narrowed = Facets(counts=FacetNames(COUNTS).named(text, also), regions=frozenset(["广西"]))
    today = date(2026, 7, 1)
    assert read_conditions(question, narrowed, thesaurus, today) == read_conditions(
        question, Facets(counts=COUNTS, regions=frozenset(["广西"])), thesaurus, today
    )


def test_rows_written_in_parts_and_taken_over_are_the_rows_that_are_searched(tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    vectors = chance.normal(size=(50, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    owners = sorted(int(owner) for owner in chance.integers(0, 30, 50))
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    writer = VectorWriter(tmp_path / "first", 16)
    writer.add(vectors[:20], owners[:20])
    writer.add(vectors[20:], owners[20:])
    writer.close()
    removed = owners[7]
    other = VectorWriter(tmp_path / "second", 16)
    gone = other.keep(tmp_path / "first", [removed])
    other.add(vectors[:1], [99])
    other.close()
    assert dict(gone) == {removed: owners.count(removed)}
    index = DenseIndex(
        tmp_path / "second", ChromaVectors(database(tmp_path / "none", "", {"dataset": "dataset"}), "dataset")
    )
    assert len(index) == 50 - owners.count(removed) + 1
    assert removed not in dict(index.search(vectors[7], 50))
    best = dict(index.search(vectors[0], 50))
    assert abs(best[99] - 1.0) < 1e-3


BASES = [
    Dataset(
        id=f"b{n}", title=f"云澜市{topic}", summary=f"{topic}的明细", publisher="云澜市统计局", update_frequency="每月"
    )
    for n, topic in enumerate(["学校名录", "医院名录", "公交线路", "河流水位", "停车场", "图书馆藏书", "养老机构"])
]


def test_a_varied_catalogue_is_the_same_each_time_and_each_entry_its_own() -> None:
    once, again = list(vary(BASES, 300)), list(vary(BASES, 300))
    assert once == again
    assert len({entry.id for entry in once}) == 300
    assert len({entry.title for entry in once}) > 250
    assert {probe.style for probe in probes(once[:10])} == {"title", "need", "subject", "noisy", "filtered"}


def test_the_bench_measures_building_searching_and_changing(tmp_path: Path) -> None:
    source = tmp_path / "real"
    source.mkdir()
    write_jsonl(source / "corpus.jsonl", [{"_id": b.id, "title": b.title, "text": b.summary} for b in BASES])
    write_jsonl(source / "queries.jsonl", [])
    (source / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n", "utf-8")
    stages: list[str] = []
    summary = run_scale(600, tmp_path / "out", source, lambda stage, _share: stages.append(stage))
    assert summary == json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["change"]["deleted_still_found"] == 0
    assert set(summary["limits"]) == {"build_s", "peak_mib", "p50_ms", "p95_ms", "change_s"}
    assert {"建立词语索引", "建立向量索引", "更新索引", "检索"} <= set(stages)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["summary.json"]


def test_a_folder_without_a_catalogue_is_said_in_one_sentence(tmp_path: Path) -> None:
    from ui.cli.app import app

    done = CliRunner().invoke(
        app, ["eval", "scale", "--entries", "200", "--from", str(tmp_path), "--out", str(tmp_path / "o")]
    )
    assert done.exit_code != 0 and "Traceback" not in done.output
