"""`zhengwen users`, `--as` with an account, and the first start of a workspace of one's own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from account_site import form_of, sign_in
from typer.testing import CliRunner

from assistant import Assistant
from corpus.workspace import Workspace
from tools.audit import AuditLog
from ui.cli.app import app
from ui.cli.doctor_accounts import accounts_state


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return Workspace.create(tmp_path / "own").root


def run(root: Path, *words: str, code: int = 0, given: str | None = None) -> str:
    result = CliRunner().invoke(app, ["-w", str(root), *words], input=given)
    assert result.exit_code == code, result.output
    return result.output


def add(root: Path, *more: str) -> str:
    words = ("wang", "--role", "official", "--department", "云澜市教育局", "--name", "王小明", *more)
    return run(root, "users", "add", *words)


def test_an_account_from_its_making_to_its_closing(own: Path) -> None:
    assert "还没有账号" in run(own, "users", "list")
    said = add(own, "--district", "临江区")
    assert "王小明，部门人员，云澜市教育局，临江区" in said
    secret = re.search(r"：([a-z0-9-]{19})\n", said)
    assert secret is not None
    assert "要修改初始密码" in run(own, "users", "list")
    run(own, "users", "set", "wang", "--role", "steward", "--department", "云澜市数据局")
    (row,) = json.loads(run(own, "users", "list", "--json"))
    assert (row["role"], row["department"], row["active"]) == ("steward", "云澜市数据局", True)
    assert "password" not in row
    run(own, "users", "passwd", "wang", "--stdin", given="a long enough one\n")
    assert "已停用" in run(own, "users", "disable", "wang")
    assert "没有名为“wang”的用户" in run(own, "ask", "有什么数据", "--as", "wang", code=2)
    run(own, "users", "enable", "wang")
    run(own, "users", "unlock", "wang")
    assert "已退出0处登录" in run(own, "users", "signout", "wang")
    log = AuditLog(own / "audit.sqlite")
    assert log.verify() == []
    text = str(log.entries(100))
    assert secret[1] not in text
    assert "a long enough one" not in text
    assert "shell:" in text


def test_tokens_are_shown_once(own: Path) -> None:
    add(own)
    made = CliRunner().invoke(app, ["-w", str(own), "users", "token", "add", "wang", "--name", "报表程序"])
    assert re.fullmatch(r"zw_[0-9a-f]{12}_[\w-]{43}\n", made.stdout)  # alone on standard output, to be piped on
    listed = run(own, "users", "token", "list", "wang")
    assert "报表程序" in listed
    assert made.stdout.strip() not in listed
    key = listed.split()[0]
    run(own, "users", "token", "revoke", "wang", key)
    assert "没有有效的令牌" in run(own, "users", "token", "list", "wang")


def test_doctor_tells_whether_people_can_sign_in(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert accounts_state(own) == (True, "还没有账号，不登录可用公众身份")
    monkeypatch.setenv("ZHENGWEN_PUBLIC", "false")
    assert not accounts_state(own)[0]
    add(own)
    assert accounts_state(own) == (True, "1 个账号，1 个还没有修改初始密码，必须登录")
    monkeypatch.setenv("ZHENGWEN_OIDC_ISSUER", "http://sso.example.cn")
    ok, said = accounts_state(own)
    assert (ok, "https://" in said) == (False, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "wang"], "请用 --role 写明角色"),
        (["add", "wang", "--role", "root"], "没有“root”这个角色"),
        (["add", "wang", "--role", "official"], "要写明所在部门"),
        (["add", "citizen", "--role", "citizen"], "系统保留"),
        (["add", "a b", "--role", "citizen"], "不能用"),
        (["set", "wang"], "请写明要改什么"),
        (["set", "wang", "--name", "王"], "没有名为“wang”的账号"),
        (["passwd", "wang"], "没有名为“wang”的账号"),
        (["passwd", "wang", "--stdin", "--prompt"], "只能选一个"),
        (["token", "revoke", "wang", "x"], "没有名为“wang”的账号"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(own: Path, words: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["-w", str(own), "users", *words])
    assert result.exit_code != 0
    (line,) = result.stderr.strip().splitlines()
    assert said in line
    assert line.endswith("。")


def test_a_short_password_is_not_taken_from_a_pipe(own: Path) -> None:
    result = CliRunner().invoke(
        app, ["-w", str(own), "users", "add", "wang", "--role", "citizen", "--stdin"], input="x\n"
    )
    assert "密码太短" in result.stderr
    assert "还没有账号" in run(own, "users", "list")


def test_demo_users_are_of_the_demo_alone(own: Path, demo_workspace: Path) -> None:
    for who in ("official", "steward", "evaluator", "admin"):
        assert f"没有名为“{who}”的用户" in run(own, "ask", "有什么数据", "--as", who, code=2)
    taken = CliRunner().invoke(app, ["-w", str(demo_workspace), "users", "add", "steward", "--role", "steward"])
    assert "系统保留" in taken.stderr
    add(demo_workspace)
    outcome = json.loads(run(demo_workspace, "ask", "你有哪些数据？", "--as", "wang", "--json"))
    assert outcome["principal"] == "wang"
    with Assistant.open(demo_workspace) as assistant:
        assert assistant.principal("wang").department == "云澜市教育局"
        assert assistant.principal("official").id == "official"
        assert [line.id for line in assistant.conversations("wang")] == [outcome["conversation"]]


def test_the_first_start_makes_one_admin_and_says_the_secret_once(own: Path, tmp_path: Path) -> None:
    table = tmp_path / "公园.csv"
    table.write_text("区,数量\n东区,3\n西区,4\n", "utf-8")
    run(own, "ingest", str(table))
    process = subprocess.Popen(
        [sys.executable, "-c", "from ui.cli import main; main()", "-w", str(own), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        said = ""
        while "已启动" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        secret = re.search(r"管理员账号 admin，一次性密码是 (\S+)", said)
        url = re.search(r"http://\S+", said)
        assert secret is not None
        assert url is not None
        with httpx.Client(base_url=url[0], trust_env=False, timeout=20) as client:
            claimed = {
                "X-Forwarded-For": "203.0.113.9",
                "X-Forwarded-Proto": "https",
            }  # nobody's word counts unless set
            form = form_of(client.get("/signin", headers=claimed))
            assert "__Host-" not in str(client.cookies)
            client.post("/signin", data={"form": form, "name": "admin", "password": "wrong"}, headers=claimed)
            assert AuditLog(own / "audit.sqlite").entries(1)[0].body["address"] == "127.0.0.1"
            assert sign_in(client, "admin", secret[1]).headers["location"] == "/account"
            fields = {"before": secret[1], "after": "a fine new one", "again": "a fine new one"}
            client.post("/account/password", data={"form": form_of(client.get("/account")), **fields})
            assert client.get("/api/me").json()["role"] == "admin"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
    with Assistant.open(own) as assistant:
        assert assistant.accounts.first_admin() is None
    assert secret[1] not in str(AuditLog(own / "audit.sqlite").entries(100))
