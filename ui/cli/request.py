"""`zhengwen request`: share requests, from the draft to the end of use."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ui.cli import request_acts, request_ledger
from ui.cli.request_desk import Number, desk_of, echo_json, echo_table, write_whole
from ui.cli.shell import Application
from ui.cli.state import AsJson, AsUser, known_user, state_of

app = Application()


@app.command("list", help="列出本部门提出的、要本部门答复的共享申请；数据管理员看到全部已提交的。")
def list_(
    context: typer.Context,
    who: AsUser = "official",
    state: Annotated[str, typer.Option("--state", metavar="状态", help="只看一种状态，例如 草稿、待答复。")] = "",
    as_json: AsJson = False,
) -> None:
    from tools.requests.states import State
    from tools.requests.wanted import Wanted

    principal = known_user(who, context)
    states = frozenset(s for s in State if state and state in (s.label, s.value))
    if state and not states:
        raise typer.BadParameter(f"没有“{state}”这种状态，可用的有：{'、'.join(s.label for s in State)}。")
    desk = desk_of(context)
    found = desk.visible(principal, Wanted(states=states))
    if as_json:
        echo_json([r.model_dump(mode="json", exclude={"history"}) | {"missing": r.missing()} for r in found])
        return
    if not found:
        typer.echo(
            f"{who} 没有共享申请。用 zhengwen ask “我要申请共享……” --as {who} 或 zhengwen request create 可以起草。"
        )
        return
    for request in found:
        due = desk.deadline(request)
        left = f"待补充{len(request.missing())}项" if request.missing() else ""
        notes = "  ".join(filter(None, [left, due.text if due else ""]))
        line = f"{request.number}  {request.state.label}  {request.dataset.title}  {request.department}→{request.dataset.provider}"
        typer.echo(f"{line}  {notes}".rstrip())


@app.command("show", help="查看一件申请：内容、来源、核对结果、期限、经过和现在能办的事。")
def show(context: typer.Context, key: Number, who: AsUser = "official", as_json: AsJson = False) -> None:
    from ui.cli.request_text import request_lines

    principal = known_user(who, context)
    desk = desk_of(context)
    request = desk.get(key, principal)
    checks, due = desk.checks_of(request), desk.deadline(request)
    if as_json:
        echo_json(
            request.model_dump(mode="json")
            | {
                "missing": request.missing(),
                "checks": [asdict(c) for c in checks],
                "deadline": asdict(due) | {"text": due.text} if due else None,
            }
        )
        return
    for line in request_lines(request, checks, due, principal):
        typer.echo(line)


@app.command("check", help="提交前核对一件申请，逐条说明依据；有不通过的返回非零。")
def check(context: typer.Context, key: Number, who: AsUser = "official", as_json: AsJson = False) -> None:
    from tools.requests.checks import completeness
    from ui.cli.request_text import check_lines

    desk = desk_of(context)
    request = desk.get(key, known_user(who, context))
    checks = desk.checks_of(request)
    if as_json:
        echo_json({"completeness": completeness(request), "checks": [asdict(c) for c in checks]})
    else:
        for line in check_lines(checks):
            typer.echo(line)
        typer.echo(f"完整度 {completeness(request)}%（只说明填写是否齐全，不代表同意共享）")
    if any(c.blocking and not c.ok for c in checks):
        raise typer.Exit(1)


@app.command("export", help="导出：--out 的后缀决定格式（docx、pdf、json）；zip 可以一次导出几件，不写编号就是全部。")
def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="文件", help="写到哪里：.docx、.pdf、.json 或 .zip。")],
    keys: Annotated[list[str] | None, typer.Argument(metavar="编号…", help="申请编号。")] = None,
    with_pdf: Annotated[bool, typer.Option("--with-pdf", help="zip 里也放 PDF（要装有 LibreOffice，较慢）。")] = False,
    paper: Annotated[str, typer.Option("--paper", metavar="form|letter", help="form 申请表，letter 申请函。")] = "form",
    who: AsUser = "official",
) -> None:
    from tools.requests.paper.bundle import archive, paper_file
    from tools.requests.paper.render import PAPERS

    principal = known_user(who, context)
    kind = out.suffix.lower().lstrip(".")
    if kind not in ("docx", "pdf", "json", "zip"):
        raise typer.BadParameter(f"不认识后缀“{out.suffix}”，--out 要以 .docx、.pdf、.json 或 .zip 结尾。")
    if paper not in PAPERS:
        raise typer.BadParameter("--paper 要写 form（申请表）或 letter（申请函）。")
    if kind != "zip" and len(keys or []) != 1:
        raise typer.BadParameter("导出一件请写一个编号；导出几件请用 .zip。")
    desk, root = desk_of(context), state_of(context).workspace
    found = [desk.get(key, principal) for key in keys] if keys else desk.visible(principal)
    if not found:
        raise typer.BadParameter(f"{who} 没有可以导出的共享申请。")
    bundled = kind == "zip"
    data = archive(desk, found, root, pdf=with_pdf) if bundled else paper_file(desk, found[0], kind, root, paper)  # type: ignore[arg-type]
    write_whole(out, data)
    desk.exported(principal, found, kind)
    typer.echo(f"已导出{len(found)}件到 {out}。")


@app.command("templates", help="把自带的申请表、申请函模板写到工作区，供修改（用 Word 或 WPS 编辑）。")
def templates(context: typer.Context) -> None:
    from corpus.workspace import Workspace
    from tools.requests.paper.render import FOLDER, write_templates

    root = Workspace.open(state_of(context).workspace).root
    written = write_templates(root)
    for path in written:
        typer.echo(f"已写出 {path}")
    if not written:
        typer.echo(f"{root / FOLDER} 里已有模板，没有改动。")


@app.command("overdue", help="超过期限的和快到期限的申请；有超期的返回非零。")
def overdue(
    context: typer.Context,
    who: AsUser = "official",
    soon: Annotated[int, typer.Option("--soon", min=0, max=60, help="几个工作日之内到期的也列出。")] = 2,
    as_json: AsJson = False,
) -> None:
    principal = known_user(who, context)
    found = desk_of(context).due(principal, soon)
    if as_json:
        echo_json([{"number": r.number, **asdict(d), "text": d.text} for r, d in found])
    elif found:
        echo_table(
            ["编号", "期限", "由谁办理", "目录", "申请部门", "提供部门", "依据"],
            (
                (r.number, d.text, d.who.label, r.dataset.title, r.department, r.dataset.provider, d.article)
                for r, d in found
            ),
        )
    else:
        typer.echo(f"没有超期的，{soon}个工作日之内也没有到期的。")
    if any(d.overdue for _, d in found):
        raise typer.Exit(1)


request_acts.add_to(app)
request_ledger.add_to(app)
