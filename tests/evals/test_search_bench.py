"""The search bench on small folders in the published layouts."""

from __future__ import annotations

import json
import runpy
from datetime import date
from pathlib import Path

import pytest

from assistant.outcome import OUTCOME
from evals.answer_keys import key_met
from evals.beir import EvalInput, read_benchmark, read_stages
from evals.catalog import run_catalog
from evals.metrics.ndcg import ndcg
from evals.policy import declines, run_policy
from evals.retrieval import run_retrieval

MATCH = Path(__file__).parents[2] / "../shared/benchmarks/policy_a/match.py"


def _lines(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        ("a", "河湖水情", "河流湖泊的水位"),
        ("b", "学校名录", "小学和初中的名称"),
        ("c", "医院名录", "医院的名称和地址"),
    ]
    _lines(tmp_path / "corpus.jsonl", [{"_id": k, "title": t, "text": x, "open": "无条件开放"} for k, t, x in rows])
    queries = [("1", "河流的水位", "need"), ("2", "初中名称", "keyword"), ("3", "火星轨道参数", "none")]
    _lines(tmp_path / "queries.jsonl", [{"_id": k, "text": t, "style": s} for k, t, s in queries])
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t2\n2\tb\t1\n", "utf-8")
    return tmp_path


def test_catalogue_bench_writes_run_results_and_summary(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = run_catalog(folder, out)
    assert summary["metrics"]["all"] == {
        "n": 2,
        "ndcg@10": 1.0,
        "mrr@10": 1.0,
        "recall@10": 1.0,
        "success@1": 1.0,
        "success@5": 1.0,
    }
    assert set(summary["metrics"]) == {"all", "need", "keyword"}
    assert summary["no_answer_recognised"] == 1.0 and summary["wrongly_no_answer"] == 0.0
    assert (out / "run.trec").read_text("utf-8").splitlines()[0].split()[:4] == ["1", "Q0", "a", "1"]
    rows = [json.loads(line) for line in (out / "results.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["1", "2", "3"] and rows[2]["no_information"]
    assert json.loads((out / "summary.json").read_text("utf-8")) == summary


def test_stages_are_measured_apart(folder: Path, tmp_path: Path) -> None:
    stages = read_stages("reranked,lexical, dense")
    assert stages == ("lexical", "dense", "reranked")
    for bench in (run_catalog, run_retrieval):
        out = tmp_path / bench.__name__
        summary = bench(folder, out, stages=stages)
        assert list(summary["stages"]) == list(stages)
        assert summary["metrics"] == summary["stages"]["reranked"]["metrics"]
        assert all((out / stage / "run.trec").is_file() for stage in stages)
    # 「初中名称」 shares no word with 「医院名录」: words alone do not find it, vectors do
    found = {
        stage: [
            line.split()[2] for line in (tmp_path / f"run_catalog/{stage}/run.trec").read_text("utf-8").splitlines()
        ]
        for stage in stages
    }
    assert len(found["lexical"]) < len(found["dense"])
    with pytest.raises(EvalInput, match="没有「words」这一阶段"):
        read_stages("words")
    with pytest.raises(EvalInput, match="没有写明"):
        read_stages(" , ")


def test_document_bench(folder: Path, tmp_path: Path) -> None:
    summary = run_retrieval(folder, tmp_path / "out")
    assert summary["metrics"]["all"]["success@1"] == 1.0
    assert summary["documents"] == 3


def test_policy_bench(tmp_path: Path) -> None:
    gold = [{"file": "共享条例.md", "article": "第二条"}]
    rows = [
        {
            "_id": "1",
            "text": "共享申请几天答复",
            "style": "number",
            "gold": gold,
            "gold_mode": "any",
            "answer_keys": ["十日|10日"],
        },
        {
            "_id": "2",
            "text": "火星探测器归谁管",
            "style": "unanswerable",
            "gold": [],
            "gold_mode": "none",
            "answer_keys": [],
        },
    ]
    _lines(tmp_path / "questions.jsonl", rows)
    laws = tmp_path / "laws"
    laws.mkdir()
    (laws / "共享条例.md").write_text(
        "# 共享条例\n\n2025年1月1日公布\n\n## 第一章 总则\n\n第一条 为了规范数据工作，制定本条例。\n\n"
        "第二条 收到共享申请的，应当在十日内答复。\n\n第三条 本条例自2025年2月1日起施行。\n",
        "utf-8",
    )
    summary = run_policy(tmp_path, laws, tmp_path / "out", today=date(2026, 7, 1))
    assert summary["metrics"]["number"]["first"] == 1.0
    assert summary["metrics"]["number"]["keys"] == 1.0 and summary["metrics"]["number"]["rank_first"] == 1.0
    assert summary["unanswerable_recognised"] == 1.0 and summary["wrongly_declined"] == 0.0
    written = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in written] == ["1", "2"]
    first, second = (OUTCOME.validate_python(row["outcome"]) for row in written)
    assert written[0]["cited"][0] == "共享条例.md#第二条" and "十日" in first.citations[0].quote
    assert declines(second) and not second.citations


def test_a_wrong_folder_is_one_clear_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(EvalInput, match="找不到"):
        read_benchmark(tmp_path / "nowhere")
    (folder / "queries.jsonl").write_text('{"_id": "1", "text": "甲"}\n{broken\n', "utf-8")
    with pytest.raises(EvalInput, match="第 2 行"):
        read_benchmark(folder)


def test_ndcg_is_one_for_the_best_order_only() -> None:
    relevant = {"a": 2, "b": 1}
    assert ndcg(["a", "b", "x"], relevant) == 1.0 > ndcg(["b", "a", "x"], relevant) > ndcg(["x", "b", "a"], relevant)


@pytest.mark.skipif(not MATCH.is_file(), reason="the published scorer is not on this machine")
@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("5个工作日|五个工作日", "应在15个工作日内"),
        ("10个工作日", "自收到之日起 10 个工作日内"),
        ("十日", "第十日"),
        ("三年|3年", "至少保存３年"),
        ("处分", "依法给予处分"),
    ],
)
def test_answer_keys_are_met_as_the_published_scorer_says(key: str, answer: str) -> None:
    assert key_met(key, answer) == runpy.run_path(str(MATCH))["key_met"](key, answer)
