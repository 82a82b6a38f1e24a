"""The real web server with real accounts, on a scripted assistant."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from scripted_assistant import ScriptedAssistant
from web_site import Site, running

from assistant.settings import Settings
from tools.accounts.accounts import Accounts
from tools.audit import AuditLog
from tools.state import open_state

PASSWORD = "correct horse battery"


@dataclass
class AccountSite(Site):
    accounts: Accounts
    audit: AuditLog

    def client(self, **more: object) -> httpx.Client:
        return httpx.Client(base_url=self.url, trust_env=False, timeout=20, **more)  # type: ignore[arg-type]

    @contextmanager
    def signed_in(self, name: str = "wang", password: str = PASSWORD) -> Iterator[httpx.Client]:
        with self.client() as client:
            answer = sign_in(client, name, password)
            assert answer.status_code == 303, answer.text
            yield client

    def token(self, name: str = "wang") -> str:
        return self.accounts.create_token(self.accounts.users.must(name), "测试", 1, by="test")[1]

    def bearer(self, name: str = "wang") -> httpx.Client:
        return self.client(headers={"Authorization": f"Bearer {self.token(name)}"})


def form_of(page: httpx.Response) -> str:
    """The secret in a page's first form."""
    found = re.search(r'name="form" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


def sign_in(client: httpx.Client, name: str, password: str) -> httpx.Response:
    return client.post("/signin", data={"form": form_of(client.get("/signin")), "name": name, "password": password})


@contextmanager
def accounts_at(root: Path) -> Iterator[tuple[Accounts, AuditLog]]:
    """Real accounts in a folder: wang (部门人员), li (管理员), and new, who must change the first password."""
    audit = AuditLog(root / "audit.sqlite")
    accounts = Accounts(open_state(f"sqlite:///{root / 'state.sqlite'}"), audit)
    add = accounts.users.add
    add("wang", "official", name="王小明", department="云澜市教育局", password=PASSWORD, must_change=False)
    add("li", "steward", name="李静", department="云澜市数据局", password=PASSWORD, must_change=False)
    add("new", "evaluator", name="新来的", password=PASSWORD)
    yield accounts, audit
    accounts.close()


@contextmanager
def account_site(
    root: Path, *, kind: str = "own", settings: Settings | None = None, listening: socket.socket | None = None
) -> Iterator[AccountSite]:
    with accounts_at(root) as (accounts, audit):
        assistant = ScriptedAssistant(kind=kind, settings=settings or Settings(), accounts=accounts)
        with running(assistant, listening) as url:
            yield AccountSite(url, assistant, accounts, audit)
