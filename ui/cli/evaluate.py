"""`zhengwen eval`: the benches, each over its own layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.cli.shell import Application

app = Application()
Dir = Annotated[Path, typer.Argument(metavar="文件夹", help="评测集文件夹。")]
Out = Annotated[
    Path, typer.Option("--out", metavar="文件夹", help="结果写到哪个文件夹（results.jsonl、summary.json 等）。")
]


@app.command("sql", help="问数评测：questions.jsonl 和 db/。")
def sql(
    directory: Dir, out: Out = Path("out/sql"), limit: Annotated[int | None, typer.Option(help="只跑前几题。")] = None
) -> None:
    from evals.sql import run_sql, show_report

    report = run_sql(directory, out, limit)
    typer.echo(show_report(report))


@app.command("retrieval", help="文档检索评测：BEIR 布局。")
def retrieval(directory: Dir, out: Out = Path("out/retrieval")) -> None:
    from evals.retrieval import run_retrieval

    _print(run_retrieval(directory, out))


@app.command("catalog", help="找数据评测：BEIR 布局，问题带 style。")
def catalog(directory: Dir, out: Out = Path("out/catalog")) -> None:
    from evals.catalog import run_catalog

    _print(run_catalog(directory, out))


@app.command("policy", help="政策问答评测。")
def policy(
    directory: Dir,
    corpus: Annotated[Path, typer.Option("--corpus", help="政策文本文件夹。")],
    out: Out = Path("out/policy"),
) -> None:
    from evals.policy import run_policy

    _print(run_policy(directory, corpus, out))


@app.command("attacks", help="攻击用例：有一例失败即返回非零。")
def attacks(directory: Dir, out: Out = Path("out/attacks")) -> None:
    from evals.attacks import run_attacks

    report = run_attacks(directory, out)
    typer.echo(report.text())
    if not report.passed:
        raise typer.Exit(1)


def _print(summary: dict[str, Any]) -> None:
    typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
