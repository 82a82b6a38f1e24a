"""`zhengwen doctor`: what is configured, what works, what to do."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

import typer

from ui.cli.state import State, state_of


@dataclass(frozen=True)
class Finding:
    name: str
    ok: bool
    text: str


def doctor(context: typer.Context) -> None:
    """Print one line a check; exit code 1 when something needs doing."""
    findings: list[Finding] = []
    for check in (_python, _disk, _workspace, _answer, _audit, _model):
        findings.append(_safely(check, state_of(context)))
    for finding in findings:
        typer.echo(f"{'正常' if finding.ok else '需处理'}  {finding.name}：{finding.text}")
    if not all(f.ok for f in findings):
        raise typer.Exit(1)


def _safely(check: Callable[[State], Finding], state: State) -> Finding:
    try:
        return check(state)
    except Exception as error:
        return Finding(check.__name__.strip("_"), False, str(error) or type(error).__name__)


def _python(_: State) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "Python",
        sys.version_info >= (3, 11),
        f"{version}" if sys.version_info >= (3, 11) else f"{version}，需要 3.11 以上",
    )


def _disk(state: State) -> Finding:
    place = state.workspace if state.workspace.exists() else state.workspace.absolute().parent
    free = shutil.disk_usage(place).free / 2**30
    return Finding("磁盘空间", free > 1, f"剩余 {free:.1f} GiB" + ("" if free > 1 else "，请清理到 1 GiB 以上"))


def _workspace(state: State) -> Finding:
    from corpus.store import CatalogStore
    from corpus.workspace import Workspace
    from retrieval.index import Index

    workspace = Workspace.open(state.workspace)
    store = CatalogStore(workspace.catalog_path)
    datasets, documents = len(store.hashes("dataset")), len(store.hashes("document"))
    index = Index.open(workspace.index_path, store) if workspace.index_path.exists() else None
    current = index is not None and index.is_current()
    text = f"{state.workspace}，数据集{datasets}个，政策文件{documents}份，数据版本 {workspace.data_version}"
    return Finding(
        "工作区",
        current,
        text if current else text + "；检索索引不是最新的，请运行 zhengwen ingest 或 zhengwen serve 重建",
    )


def _answer(state: State) -> Finding:
    with state.open() as assistant:
        outcome = assistant.ask("你有哪些数据？")
    return Finding("提问", outcome.kind == "answer", "内置规则回答可用" if outcome.kind == "answer" else outcome.text)


def _audit(state: State) -> Finding:
    from corpus.workspace import Workspace
    from tools.audit import AuditLog

    log = AuditLog(Workspace.open(state.workspace).audit_path)
    problems = log.verify()
    return Finding(
        "审计日志",
        not problems,
        f"完整，共{log.head().count}条（{log.algorithm}）"
        if not problems
        else f"有{len(problems)}处问题，请运行 zhengwen audit verify",
    )


def _model(state: State) -> Finding:
    from assistant.settings import load_settings
    from corpus.workspace import Workspace

    settings = load_settings(Workspace.open(state.workspace))
    if not settings.model:
        return Finding("模型", True, "没有配置，全部使用内置规则（不联网）。需要时设置 ZHENGWEN_MODEL")
    if importlib.util.find_spec("assistant.model") is None:
        return Finding("模型", False, "本版本不支持配置模型")
    from assistant.model import describe

    status = describe(settings)
    return Finding("模型", status.ok, status.message)
