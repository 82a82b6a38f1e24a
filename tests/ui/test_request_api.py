"""Share requests over REST and on the command line, on a real server and workspace: each person with their own token."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner
from web_site import running

from assistant import Assistant
from assistant.settings import Settings
from tools.audit import AuditLog
from ui.cli.app import app

WHOLE: dict[str, Any] = {
    "contact": "0000-1234567",
    "items": [{"name": "出生日期", "use": "计算适龄儿童人数"}, {"name": "所属区", "use": "按区汇总"}],
    "basis": [{"document": "云澜市公共数据共享实施细则", "article": "第十条"}],
    "purpose": "学位预测",
    "scenario": "按区汇总适龄儿童人数",
    "use_scope": "规划科两名工作人员",
    "method": "批量交换",
    "starts": "2026-08-01",
    "ends": "2027-07-31",
    "security": "专网传输，专人保管",
    "disposal": "到期删除并书面报告",
}


@pytest.fixture(scope="module")
def city(demo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("requests") / "workspace"
    shutil.copytree(demo_root, root)
    return root


@pytest.fixture(scope="module")
def client(city: Path) -> Iterator[httpx.Client]:
    settings = Settings(city="云澜市", today=date(2026, 7, 6))
    with (
        Assistant.open(city, settings=settings) as assistant,
        running(assistant) as url,
        httpx.Client(base_url=f"{url}/api", timeout=60, trust_env=False) as made,
    ):
        yield made


def create(client: httpx.Client, **changes: Any) -> dict[str, Any]:
    body = {"dataset": "yl-resident", "content": {**WHOLE, **changes}}
    reply = client.post("/requests", params={"as": "official"}, json=body)
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


def act(client: httpx.Client, found: dict[str, Any], action: str, who: str = "official", **more: Any) -> httpx.Response:
    body = {"version": found["request"]["version"], **more}
    return client.post(f"/requests/{found['request']['number']}/acts/{action}", params={"as": who}, json=body)


def test_a_request_is_drafted_changed_checked_and_submitted(client: httpx.Client) -> None:
    found = create(client, contact="")
    assert found["missing"] == ["contact"]
    number = found["request"]["number"]
    refused = act(client, found, "submit")
    assert refused.status_code == 422
    assert "联系方式" in refused.json()["error"]["fields"]["contact"]
    edited = client.patch(
        f"/requests/{number}", params={"as": "official"}, json={"version": 1, "changes": {"contact": "0000"}}
    ).json()
    assert (edited["completeness"], edited["request"]["version"]) == (100, 2)
    done = act(client, edited, "submit").json()
    assert done["request"]["state"] == "submitted"
    assert done["deadline"]["day"] == "2026-07-13"
    assert done["deadline"]["article"] == "《云澜市公共数据共享申请办理规程》第九条"
    assert [a["action"] for a in done["actions"]] == ["withdraw"]
    assert act(client, edited, "submit").json() == done  # the same click again
    steward = client.get(f"/requests/{number}", params={"as": "steward"}).json()
    assert steward["actions"] == []
    client.post(f"/requests/{number}/acts/withdraw", params={"as": "official"}, json={"version": 3})


def test_problems_have_their_status_and_a_sentence(client: httpx.Client) -> None:
    found = create(client, purpose="另一件事")
    number = found["request"]["number"]
    official = {"as": "official"}

    def problem(reply: httpx.Response) -> tuple[int, str]:
        error = reply.json()["error"]
        assert error["message"].endswith("。")
        return reply.status_code, error["code"]

    assert problem(client.get("/requests/GX1", params=official)) == (404, "no_request")
    assert problem(client.get(f"/requests/{number}")) == (404, "no_request")
    assert problem(client.get(f"/requests/{number}", params={"as": "steward"})) == (404, "no_request")
    assert problem(client.post("/requests", json={"dataset": "yl-resident"})) == (403, "not_allowed")
    assert problem(act(client, found, "accept")) == (403, "not_allowed")
    assert problem(act(client, found, "end", note="不要了")) == (409, "not_now")
    stale = {"version": 7, "changes": {"purpose": "学位"}}
    assert problem(client.patch(f"/requests/{number}", params=official, json=stale)) == (409, "changed_meanwhile")
    forged = {"version": 1, "changes": {"sharing": "unconditional"}}
    assert problem(client.patch(f"/requests/{number}", params=official, json=forged)) == (422, "invalid_request")
    assert problem(client.post("/requests", params=official, json={"dataset": "none"})) == (422, "invalid_request")
    other = {"dataset": "yl-resident", "content": {"department": "云澜市公安局"}}
    assert "不能替别的部门申请" in client.post("/requests", params=official, json=other).json()["error"]["message"]
    assert problem(act(client, found, "approve_all"))[0] == 422
    assert problem(act(client, found, "withdraw", details={"action": "accept"}))[0] == 422


def test_papers_and_archives_are_downloaded(client: httpx.Client) -> None:
    number = create(client, purpose="打印")["request"]["number"]
    official = {"as": "official"}
    paper = client.get(f"/requests/{number}/paper", params=official)
    assert paper.content[:2] == b"PK"
    assert "filename*=UTF-8''" in paper.headers["content-disposition"]
    data = client.get(f"/requests/{number}/paper", params={**official, "format": "json"}).json()
    assert data["number"] == number
    bundle = client.get("/requests/export", params={**official, "number": number})
    assert f"{number}.json" in zipfile.ZipFile(io.BytesIO(bundle.content)).namelist()
    assert client.get(f"/requests/{number}/paper").status_code == 404


def test_what_is_taken_out_is_recorded(client: httpx.Client, city: Path) -> None:
    number = create(client, purpose="留痕")["request"]["number"]
    client.get(f"/requests/{number}/paper", params={"as": "official", "format": "json"})
    exports = [e for e in AuditLog(city / "audit.sqlite").entries() if e.kind == "export"]
    assert exports[0].principal == "official"
    assert exports[0].body == {"requests": [number], "format": "json"}


def test_ledger_and_list_show_what_one_may_see(client: httpx.Client) -> None:
    found = act(client, create(client, purpose="台账"), "submit").json()
    number = found["request"]["number"]
    listed = client.get("/requests", params={"as": "steward", "state": "submitted"}).json()["requests"]
    assert number in [r["number"] for r in listed]
    ledger = client.get("/requests/ledger", params={"as": "steward"}).json()
    assert ledger["figures"]["waiting"] >= 1
    assert client.get("/requests/ledger").json()["lines"] == []
    assert client.get("/requests", params={"as": "citizen"}).json() == {"requests": []}
    assert client.get("/requests/overdue", params={"as": "steward", "soon": 10}).json()["requests"]


# — the command line —


def run(root: Path, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["-w", str(root), "request", *words], env={"ZHENGWEN_TODAY": "2026-07-06"})
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def test_a_request_on_the_command_line(city: Path, tmp_path: Path) -> None:
    source = tmp_path / "content.json"
    source.write_text(json.dumps({**WHOLE, "purpose": "命令行"}), "utf-8")
    made = run(city, "create", "yl-resident", "--from", str(source), "--set", "联系方式=")
    number = next(word for word in made.replace("，", " ").split() if word.startswith("GX"))
    assert "还缺：联系方式" in made
    assert "不通过" in run(city, "show", number) or "✗" in run(city, "show", number)
    run(city, "check", number, code=1)
    run(city, "edit", number, "--set", "联系方式=0000", "--set", "申请的数据项=出生日期：计算人数、所属区：汇总")
    assert "完整度 100%" in run(city, "check", number)
    assert "由本人确认" in run(city, "submit", number, code=2)
    assert json.loads(run(city, "show", number, "--json"))["state"] == "draft"
    assert "答复期限2026-07-13" in run(city, "submit", number, "--yes")
    assert "不能" in run(city, "edit", number, "--set", "使用目的=别的", code=1)
    assert number in run(city, "list", "--state", "待答复")
    assert number in run(city, "list", "--as", "steward")
    assert number in run(city, "ledger")
    assert number in run(city, "overdue", "--soon", "10")
    assert "只能由提供部门" in run(city, "advance", number, "同意共享", "--yes", code=1)
    assert "已撤回" in run(city, "advance", number, "撤回申请", "--yes")


def test_exports_by_suffix(city: Path, tmp_path: Path) -> None:
    made = run(city, "create", "yl-resident", "--set", "使用目的=导出")
    number = next(word for word in made.replace("，", " ").split() if word.startswith("GX"))
    for name in ("one.docx", "one.json", "all.zip"):
        run(city, "export", number, "--out", str(tmp_path / "new" / name))
        assert (tmp_path / "new" / name).stat().st_size > 500
    assert "--out 要以" in run(city, "export", number, "--out", str(tmp_path / "one.doc"), code=2)
    assert "请写一个编号" in run(city, "export", "--out", str(tmp_path / "one.docx"), code=2)
    assert "没有编号为" in run(city, "export", "GX1", "--out", str(tmp_path / "one.docx"), code=1)
    assert not (tmp_path / "one.docx").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["create", "yl-resident", "--set", "共享属性=无条件共享"], "以数据目录为准"),
        (["create", "yl-resident", "--set", "心愿=x"], "没有“心愿”这一项"),
        (["create", "yl-resident", "--set", "使用目的"], "要写成 字段=内容"),
        (["create", "nothing"], "目录里没有编号为"),
        (["create", "yl-resident", "--as", "citizen"], "没有所属部门"),
        (["list", "--state", "也许"], "没有“也许”这种状态"),
        (["show", "GX1"], "没有编号为 GX1"),
        (["advance", "GX1", "跳舞"], "没有“跳舞”这件事"),
    ],
)
def test_wrong_commands_are_explained(city: Path, words: list[str], told: str) -> None:
    result = CliRunner().invoke(app, ["-w", str(city), "request", *words])
    assert result.exit_code != 0
    assert told in result.output.replace("\n", "")


@pytest.mark.parametrize(
    "command",
    [
        "list",
        "show",
        "create",
        "edit",
        "check",
        "submit",
        "advance",
        "export",
        "templates",
        "overdue",
        "ledger",
        "demands",
    ],
)
def test_every_command_has_help_in_chinese(command: str) -> None:
    shown = CliRunner().invoke(app, ["request", command, "--help"], env={"COLUMNS": "120"})
    assert shown.exit_code == 0
    assert "用法：" in shown.output
    assert not any(
        word in shown.output for word in ("Usage", "Options", "default:", "required", "TEXT", "INTEGER", "PATH")
    )


def test_templates_are_written_for_the_owner(city: Path) -> None:
    assert "共享申请表.docx" in run(city, "templates").replace("\n", "")
    assert "没有改动" in run(city, "templates").replace("\n", "")
    shutil.rmtree(city / "templates")
