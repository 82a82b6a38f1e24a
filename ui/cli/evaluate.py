"""`zhengwen eval`: the benches, each over its own layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.cli.shell import Application
from ui.cli.state import state_of, whole_file

app = Application()
Dir = Annotated[Path, typer.Argument(metavar="文件夹", help="评测集文件夹。")]
Out = Annotated[
    Path, typer.Option("--out", metavar="文件夹", help="结果写到哪个文件夹（results.jsonl、summary.json 等）。")
]
Stages = Annotated[
    str,
    typer.Option(
        "--stages",
        metavar="阶段",
        help="检索做到哪一步：lexical 词、dense 向量、fused 合并、reranked 重排（缺省）；可写几个，用逗号分开。",
    ),
]


@app.command("list", help="列出自带的评测集。")
def list_suites() -> None:
    from evals.suites import SUITES

    for suite in SUITES.values():
        typer.echo(f"{suite.name}\t{suite.size()}\t{suite.title}")


@app.command("run", help="在演示城市的工作区上跑自带的评测集（名称见 eval list）。")
def run(
    context: typer.Context,
    suites: Annotated[list[str], typer.Argument(metavar="评测集…", help="评测集名称，可以给出几个。")],
    out: Out = Path("out"),
) -> None:
    from evals.suites import run_suite, suite

    for name in suites:
        suite(name)
    with state_of(context).open() as assistant:
        for name in dict.fromkeys(suites):
            folder = out / name if len(suites) > 1 else out
            typer.echo(f"【{name}】")
            typer.echo(run_suite(name, assistant, folder))
            typer.echo(f"结果写在 {folder}")


@app.command("compare", help="比较两次评测：哪些题变对了，哪些题变错了。")
def compare(
    before: Annotated[Path, typer.Argument(metavar="前一次", help="前一次的结果：文件夹或 results.jsonl。")],
    now: Annotated[Path, typer.Argument(metavar="后一次", help="后一次的结果：文件夹或 results.jsonl。")],
) -> None:
    from evals.flips import compare_runs, show_flips

    typer.echo(show_flips(compare_runs(before, now)))


@app.command("sql", help="问数评测：questions.jsonl 和 db/。")
def sql(
    directory: Dir, out: Out = Path("out/sql"), limit: Annotated[int | None, typer.Option(help="只跑前几题。")] = None
) -> None:
    from evals.sql import run_sql, show_report

    report = run_sql(directory, out, limit)
    typer.echo(show_report(report))


@app.command("retrieval", help="文档检索评测：BEIR 布局。")
def retrieval(directory: Dir, out: Out = Path("out/retrieval"), stages: Stages = "reranked") -> None:
    from evals.beir import read_stages
    from evals.retrieval import run_retrieval

    _print(run_retrieval(directory, out, stages=read_stages(stages)))


@app.command("catalog", help="找数据评测：BEIR 布局，问题带 style。")
def catalog(directory: Dir, out: Out = Path("out/catalog"), stages: Stages = "reranked") -> None:
    from evals.beir import read_stages
    from evals.catalog import run_catalog

    _print(run_catalog(directory, out, stages=read_stages(stages)))


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
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from evals.attacks import run_attacks

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("攻击用例", total=1.0)
        report = run_attacks(
            directory, out, progress=lambda key, share: bar.update(task, description=f"攻击用例 {key}", completed=share)
        )
    typer.echo(report.text())
    if not report.passed:
        raise typer.Exit(1)


@app.command(
    "canary", help="泄露测试：隐藏的每一列每一行都植入标记，以各种身份大量提问和查询，看标记是否出现；可中断后继续。"
)
def canary(
    count: Annotated[int, typer.Option("--count", min=20, help="提问和查询共多少条。")] = 20_000,
    out: Out = Path("out/canary"),
    seed: Annotated[int, typer.Option("--seed", help="随机种子；同一种子的提问相同。")] = 1,
    processes: Annotated[int, typer.Option("--processes", min=1, max=16, help="同时用几个进程。")] = 2,
) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    from evals.canary import canary_city, run_canary

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("准备", total=1.0)

        def told(text: str, share: float) -> None:
            bar.update(task, description=text, completed=share)

        report = run_canary(count, out, canary_city(out, told), seed=seed, processes=processes, progress=told)
    with whole_file(out / "summary.json") as sink:
        json.dump(report.summary(), sink, ensure_ascii=False, indent=1)
    typer.echo(report.text())
    if not report.passed:
        raise typer.Exit(1)


@app.command("kill", help="断电测试：服务、导入、重建权限数据库、写审计时随机强行终止，重启后核对没有丢失、没有越权。")
def kill(
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="终止多少轮。")] = 200,
    out: Out = Path("out/kill"),
    seed: Annotated[int, typer.Option("--seed", help="随机种子：终止的时刻由它决定。")] = 1,
) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from evals.kill import run_kill

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("准备", total=1.0)
        report = run_kill(
            rounds, seed=seed, progress=lambda text, share: bar.update(task, description=text, completed=share)
        )
    with whole_file(out / "summary.json") as sink:
        json.dump(report.summary(), sink, ensure_ascii=False, indent=1)
    typer.echo(report.text())
    if not report.passed:
        raise typer.Exit(1)


@app.command("scale", help="规模评测：按给定条目数造一份目录，测建索引、检索和更新的时间和内存。")
def scale(
    entries: Annotated[int, typer.Option("--entries", min=100, help="目录条目数。")] = 340_000,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="文件夹", help="由哪些真实目录变化而来（*.jsonl）；不给则用演示城市的目录。"),
    ] = None,
    out: Out = Path("out/scale"),
) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from evals.scale import run_scale

    console = Console(stderr=True)
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("准备", total=1.0)
        summary = run_scale(
            entries, out, source, lambda stage, share: bar.update(task, description=stage, completed=share)
        )
    _print(summary)
    if not all(limit["held"] for limit in summary["limits"].values()):
        raise typer.Exit(1)


@app.command("isolation", help="隔离评测：建权限库、逐次查询和遭受攻击时的开销，超出限度即返回非零。")
def isolation(context: typer.Context, out: Out = Path("out/isolation")) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from evals.isolation import run_isolation

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("准备", total=1.0)
        summary = run_isolation(
            state_of(context).workspace, out, lambda stage, share: bar.update(task, description=stage, completed=share)
        )
    _print(summary)
    if not all(limit["held"] for limit in summary["limits"].values()):
        raise typer.Exit(1)


def _print(summary: dict[str, Any]) -> None:
    typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
