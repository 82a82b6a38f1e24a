"""Accounts over REST: for administrators alone, every act in the log."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from account_site import AccountSite, account_site, form_of, sign_in


@pytest.fixture
def site(tmp_path: Path):  # type: ignore[no-untyped-def]
    with account_site(tmp_path) as made:
        made.accounts.users.add("root", "admin", password="a long enough one", must_change=False)
        yield made


def refused(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["error"]["message"])


def test_an_administrator_makes_lists_and_keeps_out(site: AccountSite) -> None:
    with site.bearer("root") as root:
        made = root.post("/api/users", json={"id": "zhao", "role": "official", "department": "云澜市民政局"})
        assert made.status_code == 201 and made.headers["cache-control"] == "no-store"
        password = made.json()["password"]
        lines = {line["id"]: line for line in root.get("/api/users").json()["users"]}
        assert set(lines) == {"wang", "li", "new", "root", "zhao"}
        assert lines["zhao"]["must_change"] and lines["zhao"]["department"] == "云澜市民政局"
        assert password not in root.get("/api/users").text
        with site.client() as zhao:
            assert sign_in(zhao, "zhao", password).headers["location"].endswith("/account")
            assert root.post("/api/users/zhao/disable").json()["active"] is False
            assert form_of(zhao.get("/account", follow_redirects=True))  # signed out: the form is shown
        with site.client() as zhao:
            assert sign_in(zhao, "zhao", password).status_code == 401
        assert root.post("/api/users/zhao/enable").json()["active"] is True
        again = root.post("/api/users/zhao/password").json()["password"]
        assert again != password
        with site.client() as zhao:
            assert sign_in(zhao, "zhao", password).status_code == 401
            assert sign_in(zhao, "zhao", again).status_code == 303
    log = [(e.kind, e.body["by"]) for e in reversed(site.audit.entries(50, principal="zhao")) if "by" in e.body]
    assert log == [
        (kind, "root") for kind in ("account_added", "account_disabled", "account_enabled", "password_changed")
    ]
    assert all(again not in str(e.body) and password not in str(e.body) for e in site.audit.entries(100))


def test_nobody_else_learns_or_changes_anything(site: AccountSite) -> None:
    with site.client() as public, site.bearer("wang") as wang, site.signed_in("li") as li:
        assert "登录" in refused(public.get("/api/users"), 401)
        for client in (wang, li):
            assert "系统管理员" in refused(client.get("/api/users"), 403)
            refused(client.post("/api/users", json={"id": "x", "role": "admin"}), 403)
            for act in ("disable", "enable", "password"):
                assert "没有名为" not in refused(client.post(f"/api/users/nobody/{act}"), 403)
                refused(client.post(f"/api/users/root/{act}"), 403)
        assert site.accounts.users.must("root").active and site.accounts.users.get("x") is None
    assert {e.principal for e in site.audit.entries(20, kind="users_denied")} == {"wang", "li"}


def test_what_cannot_be_done_is_said(site: AccountSite) -> None:
    with site.bearer("root") as root:
        assert "没有“king”这个角色" in refused(root.post("/api/users", json={"id": "x", "role": "king"}), 422)
        assert "已经有名为" in refused(root.post("/api/users", json={"id": "wang", "role": "citizen"}), 422)
        assert "没有名为“x”的账号" in refused(root.post("/api/users/x/password"), 404)
        assert "最后一个能用的系统管理员" in refused(root.post("/api/users/root/disable"), 422)
        site.accounts.users.add("second", "admin", password="another long one", must_change=False)
        assert root.post("/api/users/root/disable").status_code == 200
        assert root.get("/api/users").status_code == 401  # the token went with the account


def test_a_demos_role_switch_makes_no_administrator(tmp_path: Path) -> None:
    with account_site(tmp_path, kind="demo") as site, site.client() as client:
        refused(client.get("/api/users", params={"as": "admin"}), 401)
