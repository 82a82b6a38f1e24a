"""Signing in at a department's identity provider: a real one, and one that lies."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from account_site import AccountSite, account_site, form_of
from forging_provider import SECRET, Forger, forging_provider
from real_provider import identity_provider
from scripted_assistant import ScriptedAssistant
from web_screen import DESK, Screen

from assistant.settings import Settings
from tools.accounts.claims import person_of
from tools.accounts.settings import AccountSettings
from ui.server import ServeError, create_app

PEOPLE = {
    "zhou": {"name": "周洋", "groups": ["职工", "数据局管理员"], "department": "sjj"},
    "wu": {"name": "吴刚\u202e<b>", "groups": ["职工"], "department": "jyj", "district": "临江区"},
    "zheng": {"name": "郑爽", "groups": ["职工"], "department": "unknown"},
    "stranger": {"name": "路人", "groups": ["admin", "steward", "其他"], "department": "云澜市数据局", "role": "admin"},
}


def mapped(issuer: str, **more: Any) -> Settings:
    return Settings(
        oidc_issuer=issuer,
        oidc_client_id="zhengwen",
        oidc_label="市统一身份认证",
        oidc_roles={"数据局管理员": "steward", "职工": "official"},
        oidc_departments={"sjj": "云澜市数据局", "jyj": "云澜市教育局"},
        **more,
    )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountSite]:
    """Our service and a real provider that know each other."""
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHENGWEN_OIDC_CLIENT_SECRET", SECRET)
        back = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with (
            identity_provider(PEOPLE, secret=SECRET, back=back) as issuer,
            account_site(tmp_path_factory.mktemp("office"), settings=mapped(issuer), listening=listening) as site,
        ):
            yield site


@contextmanager
def browser() -> Iterator[httpx.Client]:
    """A browser without scripts: it keeps cookies and follows redirects to any host of this machine."""
    with httpx.Client(trust_env=False, timeout=20, follow_redirects=True) as client:
        yield client


def sign_in_there(client: httpx.Client, office: AccountSite, login: str) -> httpx.Response:
    """Through the provider's own pages for sign-in and consent; ends at our page."""
    page = client.get(f"{office.url}/signin/elsewhere")
    assert "/interaction/" in str(page.url), page.text
    page = client.post(page.url, data={"prompt": "login", "login": login, "password": "any"})
    while "/interaction/" in str(page.url):
        page = client.post(page.url, data={"prompt": "consent"})
    return page


@pytest.mark.parametrize(
    ("login", "name", "role", "department", "district"),
    [
        ("zhou", "周洋", "steward", "云澜市数据局", ""),
        ("wu", "吴刚 <b>", "official", "云澜市教育局", "临江区"),
        ("zheng", "郑爽", "citizen", "", ""),  # of a department that nobody has mapped
        ("stranger", "路人", "citizen", "", ""),
    ],
)
def test_a_real_provider_says_who_and_the_owner_says_what_they_are(
    office: AccountSite, login: str, name: str, role: str, department: str, district: str
) -> None:
    with browser() as client:
        page = sign_in_there(client, office, login)
        assert str(page.url) == f"{office.url}/"
        me = client.get(f"{office.url}/api/me").json()
        told = tuple(me[key] for key in ("name", "role", "department", "district", "signed_in"))
        assert told == (name, role, department, district, True)
        assert me["id"].startswith("oidc-")
        client.post(f"{office.url}/api/ask", json={"question": "各区学校"})
        assert office.assistant.asked_as[-1] == me["id"]
        assert office.audit.entries(1)[0].kind == "sign_in"
        account = client.get(f"{office.url}/account")
        assert "修改密码" not in account.text
        out = client.post(f"{office.url}/signout", data={"form": form_of(account)})
        assert "同时退出市统一身份认证" in out.text
        assert client.get(f"{office.url}/api/me").json()["id"] == "citizen"
        assert "sign-out" in client.get(f"{office.url}/signin/elsewhere/out").text.lower()


def test_the_same_person_keeps_one_account_and_a_closed_one_stays_out(office: AccountSite) -> None:
    ids = set()
    for _ in range(2):
        with browser() as client:
            sign_in_there(client, office, "zhou")
            ids.add(client.get(f"{office.url}/api/me").json()["id"])
    (key,) = ids
    office.accounts.users.set_active(key, False)
    with browser() as client:
        page = sign_in_there(client, office, "zhou")
        assert "这个账号已停用" in page.text
        assert client.get(f"{office.url}/api/me").json()["id"] == "citizen"
    office.accounts.users.set_active(key, True)


def test_a_return_is_good_once_and_in_its_own_browser(office: AccountSite) -> None:
    with browser() as client, httpx.Client(trust_env=False) as thief:
        page = client.get(f"{office.url}/signin/elsewhere")
        page = client.post(page.url, data={"prompt": "login", "login": "wu", "password": "any"})
        client.follow_redirects = False
        answer = client.post(page.url, data={"prompt": "consent"})
        while not answer.headers["location"].startswith(office.url):
            answer = client.get(answer.headers["location"])
        back = answer.headers["location"]
        stolen = thief.get(back)
        assert (stolen.status_code, "没有完成" in stolen.text) == (400, True)
        assert "zhengwen-session" not in thief.cookies
        late = client.get(back)  # the thief's try has used it up
        assert (late.status_code, "没有完成" in late.text) == (400, True)
        forged = client.get(f"{office.url}/signin/elsewhere/return", params={"state": "made up", "code": "x"})
        assert forged.status_code == 400
        given_up = client.get(f"{office.url}/signin/elsewhere/return", params={"error": "access_denied"})
        assert given_up.status_code == 400


@pytest.mark.browser
def test_in_a_browser_the_way_there_and_back(office: AccountSite, chromium: Any) -> None:
    context = chromium.new_context(viewport=DESK, locale="zh-CN")
    screen = Screen(context, office)
    page = screen.page
    page.goto(f"{office.url}/signin")
    page.get_by_role("link", name="用市统一身份认证登录").click()
    page.locator("input[name=login]").fill("wu")
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.get_by_role("button", name="Continue").click()
    page.locator("#account .who").wait_for()
    assert page.locator("#account .who").inner_text() == "吴刚 <b>"
    page.get_by_role("button", name="退出").click()
    page.get_by_role("link", name="同时退出市统一身份认证").wait_for()
    context.close()


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AccountSite, Forger]]:
    with forging_provider() as forger, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHENGWEN_OIDC_CLIENT_SECRET", SECRET)
        with account_site(tmp_path_factory.mktemp("forged"), settings=mapped(forger.address)) as site:
            yield site, forger


def come_back(site: AccountSite, forger: Forger, lie: str) -> tuple[httpx.Response, str]:
    """A whole sign-in in which the provider lies so; the answer, and who one is then."""
    forger.lie = lie
    with site.client() as client:
        state = forger.note(client.get("/signin/elsewhere").headers["location"])
        answer = client.get("/signin/elsewhere/return", params={"state": state, "code": f"code-{lie}"})
        return answer, str(client.get("/api/me").json()["role"])


LIES = [
    "issuer",
    "audience",
    "expired",
    "future",
    "nonce",
    "no-nonce",
    "no-sub",
    "no-exp",
    "no-token",
    "unsigned",
    "shared-secret",
    "foreign-key",
    "tampered",
    "userinfo",
    "error",
    "nonsense",
]


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_lets_nobody_in(forged: tuple[AccountSite, Forger], lie: str) -> None:
    site, forger = forged
    answer, role = come_back(site, forger, lie)
    assert (answer.status_code, role) == (400, "citizen")
    assert "没有通过核对" in answer.text
    assert "set-cookie" not in answer.headers or "zhengwen-session" not in answer.headers["set-cookie"]
    assert site.audit.entries(1)[0].kind == "sign_in_failed"


def test_without_a_lie_the_same_way_lets_in(forged: tuple[AccountSite, Forger]) -> None:
    answer, role = come_back(*forged, "")
    assert (answer.status_code, role) == (303, "steward")


def test_an_unreachable_or_other_provider_is_said_in_one_sentence(tmp_path: Path) -> None:
    with forging_provider() as forger:
        forger.lie = "description"
        with account_site(tmp_path, settings=mapped(forger.address)) as site, site.client() as client:
            answer = client.get("/signin/elsewhere")
            assert (answer.status_code, "连不上统一身份认证" in answer.text) == (502, True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"oidc_issuer": "http://sso.example.cn"}, "https://"),
        ({"oidc_issuer": "https://sso.example.cn", "oidc_client_id": ""}, "oidc_client_id"),
        ({"oidc_issuer": "https://sso.example.cn", "oidc_scope": "profile"}, "openid"),
        ({"oidc_issuer": "https://sso.example.cn", "oidc_roles": {"所有人": "root"}}, "没有“root”这个角色"),
    ],
)
def test_settings_that_cannot_work_are_said_at_the_start(tmp_path: Path, fields: dict[str, Any], said: str) -> None:
    from account_site import accounts_at

    settings = Settings(**{"oidc_client_id": "zhengwen", **fields})  # type: ignore[arg-type]
    with accounts_at(tmp_path) as (accounts, _), pytest.raises(ServeError, match=said):
        create_app(ScriptedAssistant(kind="own", settings=settings, accounts=accounts))


def test_the_first_mapped_group_counts_and_nothing_else_does() -> None:
    settings = AccountSettings(oidc_roles={"a": "steward", "b": "evaluator"}, oidc_role_claim="realm_access.roles")

    def role(claims: dict[str, Any]) -> str:
        return person_of({"sub": "1", **claims}, "https://sso", settings).role

    assert role({"realm_access": {"roles": ["b", "a"]}}) == "steward"
    assert role({"realm_access": {"roles": "b"}}) == "evaluator"
    for claims in (
        {},
        {"realm_access": None},
        {"realm_access": {"roles": [["a"], None, 7]}},
        {"roles": ["a"]},
        {"role": "steward"},
    ):
        assert role(claims) == "citizen"
    for subject in (None, "", 7):
        with pytest.raises(ValueError):
            person_of({"sub": subject}, "https://sso", settings)
    assert (
        person_of({"sub": "1"}, "https://a", settings).subject != person_of({"sub": "1"}, "https://b", settings).subject
    )
