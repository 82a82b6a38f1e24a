"""`zhengwen doctor`: what is configured, what works, what to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

import typer

from ui.cli.shell import sentence
from ui.cli.state import State, state_of


@dataclass(frozen=True)
class Finding:
    name: str
    ok: bool
    text: str


def doctor(context: typer.Context) -> None:
    """Print one line a check; exit code 1 when something needs doing."""
    state = state_of(context)
    findings = [_safely(name, check, state) for name, check in (("Python", _python), ("磁盘空间", _disk))]
    for name, check in (("工作区", _workspace), ("设置", _settings), ("数据", _data)):
        findings.append(_safely(name, check, state))
        if not findings[-1].ok:
            break  # the rest could only repeat it
    else:
        checks = (("检索", _search), ("提问", _answer), ("账号", _accounts), ("审计日志", _audit), ("模型", _model))
        findings += [_safely(name, check, state) for name, check in checks]
    for finding in findings:
        typer.echo(f"{'正常' if finding.ok else '需处理'}  {finding.name}：{finding.text}")
    if not all(f.ok for f in findings):
        raise typer.Exit(1)


def _safely(name: str, check: Callable[[State], Finding], state: State) -> Finding:
    try:
        return check(state)
    except Exception as error:
        return Finding(name, False, sentence(error))


def _search(state: State) -> Finding:
    from assistant.settings import load_settings
    from corpus.workspace import Workspace
    from ui.cli.doctor_search import search_state

    return Finding("检索", *search_state(load_settings(Workspace.open(state.workspace))))


def _accounts(state: State) -> Finding:
    from ui.cli.doctor_accounts import accounts_state

    return Finding("账号", *accounts_state(state.workspace))


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
    from assistant.opening import open_catalogue
    from corpus.workspace import Workspace

    workspace = Workspace.open(state.workspace)
    if not os.access(workspace.root, os.W_OK):
        return Finding("工作区", False, f"{workspace.root} 不能写入，对话和审计日志无法保存。请检查文件夹权限")
    store = open_catalogue(workspace)
    datasets, documents = len(store.hashes("dataset")), len(store.hashes("document"))
    text = f"{workspace.root}，数据集{datasets}个，政策文件{documents}份，数据版本 {workspace.data_version}"
    if not datasets and not documents:
        return Finding("工作区", False, text + "；还是空的，请用 zhengwen ingest 导入数据目录、政策文件或数据表")
    return Finding("工作区", True, text)


def _settings(state: State) -> Finding:
    from assistant.settings import load_settings
    from corpus.workspace import Workspace

    settings = load_settings(Workspace.open(state.workspace))
    chosen = sorted(settings.model_fields_set - {"model_key"})
    return Finding("设置", True, "、".join(f"{n}={getattr(settings, n)}" for n in chosen) or "全部是默认值")


def _data(state: State) -> Finding:
    import duckdb

    from assistant.opening import open_semantics
    from corpus.workspace import Workspace

    workspace = Workspace.open(state.workspace)
    model = open_semantics(workspace)
    if not workspace.warehouse_path.is_file():
        return Finding("数据", True, "没有数据表，只能查目录和政策")
    try:
        with duckdb.connect(str(workspace.warehouse_path), read_only=True) as connection:
            found = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    except duckdb.Error:
        return Finding(
            "数据",
            False,
            f"数据仓库 {workspace.warehouse_path.name} 打不开，可能已损坏或正在写入。请稍后重试，或从备份恢复、重新导入",
        )
    missing = sorted({t.name for t in model.tables} - {str(name) for (name,) in found})
    if missing:
        return Finding("数据", False, f"语义模型里的表 {'、'.join(missing[:5])} 不在数据仓库里。请重新导入数据表")
    return Finding("数据", True, f"数据表{len(found)}张")


def _answer(state: State) -> Finding:
    from tools.principal import Principal

    asker = Principal(id="doctor", role="citizen", name="自检")  # nobody's history gets the question
    with state.open() as assistant:
        outcome = assistant.ask("你有哪些数据？", principal=asker)
        assistant.delete_conversation(outcome.conversation, asker)
    return Finding("提问", outcome.kind == "answer", "可用" if outcome.kind == "answer" else outcome.text)


def _audit(state: State) -> Finding:
    from corpus.workspace import Workspace
    from tools.audit import AuditLog

    log = AuditLog(Workspace.open(state.workspace).audit_path)
    problems = log.verify()
    return Finding(
        "审计日志",
        not problems,
        f"完整，共{log.head().count}条（{log.algorithm()}）"
        if not problems
        else f"有{len(problems)}处问题，请运行 zhengwen audit verify",
    )


def _model(state: State) -> Finding:
    from assistant.settings import load_settings
    from corpus.workspace import Workspace

    settings = load_settings(Workspace.open(state.workspace))
    if not settings.model:
        return Finding("模型", True, "没有配置，全部使用内置规则（不联网）。需要时设置 ZHENGWEN_MODEL")
    from assistant.model import describe

    status = describe(settings)
    return Finding("模型", status.ok, status.message)
