"""`zhengwen rights`: what a person may see, why, and by which rule; whether the policy file is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.shell import Application
from ui.cli.state import AsJson, AsUser, state_of

if TYPE_CHECKING:
    from tools.rights.explain import RightsReport, TableRight

app = Application()
HEADS = {"rows": "可以查明细", "groups": "只供汇总", "none": "不能查看"}


@app.command("show", help="一个人能看什么、为什么；写出数据集就详细到每一列。")
def show(
    context: typer.Context,
    dataset: Annotated[
        str | None, typer.Argument(metavar="数据集", help="目录编号、标题或表名；不写则列出全部。")
    ] = None,
    who: AsUser = "citizen",
    as_json: AsJson = False,
) -> None:
    from tools.rights.explain import decision_line, explain

    with state_of(context).open() as assistant:
        services = assistant.services
        principal = assistant.principal(who)
        policy = services.rights.policy
        report = explain(principal, services.rights.views(principal), policy)
        entry = None
        if dataset is not None:
            entry = next((d for d in services.datasets.values() if dataset in (d.id, d.title)), None)
            tables = [t for t in report.tables if _is(t, dataset)]
            report = report.model_copy(update={"tables": tables})
            if entry is None and not tables:
                raise typer.BadParameter(f"目录里没有“{dataset}”。可以用 zhengwen search datasets 查目录编号。")
        if as_json:
            typer.echo(report.model_dump_json(indent=2))
            return
        _head(report)
        if dataset is None:
            _overview(report)
            return
        for table in report.tables:
            _detail(table)
        if entry is not None and not report.tables:
            typer.echo(f"{entry.title}（{entry.id}）：这里没有它的数据，只有目录。")
            typer.echo(f"  {decision_line(services.rights.decide(principal, entry))}")


@app.command("check", help="检查权限规则文件 rights.yaml。")
def check(context: typer.Context) -> None:
    from tools.rights.explain import policy_problems
    from tools.rights.policy_file import policy_path

    with state_of(context).open() as assistant:
        services = assistant.services
        policy = services.rights.policy
        problems = policy_problems(policy, services.semantics, services.datasets.values())
        path = policy_path(services.workspace.root)
        source = str(path) if path.exists() else "自带的规则（工作区里没有 rights.yaml）"
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        typer.echo(f"错误：{source} 有 {len(problems)} 处与工作区对不上。", err=True)
        raise typer.Exit(1)
    roles = "、".join(f"{name}（{role.label}）" for name, role in policy.roles.items())
    typer.echo(f"权限规则没有问题：{source}。角色有：{roles}；个人记录汇总后每组不少于 {policy.min_group} 人。")


def _is(table: TableRight, wanted: str) -> bool:
    names = {table.table, table.label, *(e.dataset for e in table.entries), *(e.title for e in table.entries)}
    return wanted in names - {""}


def _head(report: RightsReport) -> None:
    place = "、".join(part for part in (report.department, report.district) if part)
    typer.echo(f"{report.principal}（{report.role_label}{f'，{place}' if place else ''}）")
    typer.echo(f"个人记录只供汇总的，每组不少于 {report.min_group} 人。")


def _overview(report: RightsReport) -> None:
    for access, title in HEADS.items():
        tables = [table for table in report.tables if table.access == access]
        if not tables:
            continue
        typer.echo(f"\n{title}（{len(tables)} 张表）")
        by_rule: dict[str, list[str]] = {}
        for table in tables:
            by_rule.setdefault("；".join(dict.fromkeys(_reason(table))), []).append(_short(table))
        for reason, names in by_rule.items():
            typer.echo(f"  {reason}\n    {'、'.join(names)}")


def _reason(table: TableRight) -> list[str]:
    return [f"{e.rule}{f'（{e.article}）' if e.article else ''}" for e in table.entries]


def _short(table: TableRight) -> str:
    hidden = sum(not column.visible for column in table.columns)
    notes = [f"{hidden} 列不提供"] if hidden and table.access != "none" else []
    masked = sum(column.shown.startswith("脱敏") for column in table.columns)
    notes += [f"{masked} 列脱敏"] if masked else []
    notes += ["有获准的申请"] if any(e.grants for e in table.entries) else []
    return table.label + (f"（{'，'.join(notes)}）" if notes else "")


def _detail(table: TableRight) -> None:
    typer.echo(f"\n{table.label}（{table.table}）：{HEADS[table.access]}")
    for entry in table.entries:
        where = f"{entry.title}（{entry.dataset}）：" if entry.dataset else ""
        typer.echo(f"  规则：{where}{entry.rule}{f'（{entry.article}）' if entry.article else ''}")
        for grant in entry.grants:
            typer.echo(f"  获准：{grant}")
    if table.min_group is not None:
        typer.echo(f"  每组不少于 {table.min_group} 人，不足的并入“未列出”")
    for line in table.filters:
        typer.echo(f"  {line}")
    for column in table.columns:
        typer.echo(f"  {column.label}（{column.name}）：{column.shown}")
