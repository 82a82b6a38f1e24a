"""Signing in, tokens and limits over HTTP, on a real port."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from account_site import PASSWORD, AccountSite, account_site, form_of, sign_in

from assistant.settings import Settings


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountSite]:
    with account_site(tmp_path_factory.mktemp("bureau")) as made:
        yield made


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountSite]:
    """A service that everyone must sign in to."""
    with account_site(tmp_path_factory.mktemp("closed"), settings=Settings(public=False)) as made:
        yield made


def me(client: httpx.Client) -> dict[str, object]:
    answer = client.get("/api/me")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refused(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    message = str(answer.json()["error"]["message"])
    assert message.endswith("。")
    return message


def test_signing_in_and_out_changes_who_i_am(bureau: AccountSite) -> None:
    with bureau.client() as client:
        assert me(client)["id"] == "citizen"
        answer = sign_in(client, "wang", PASSWORD)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = next(value for value in answer.headers.get_list("set-cookie") if "session" in value)
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Secure" not in cookie
        assert "max-age" not in cookie.lower()  # goes with the browser
        who = me(client)
        assert (who["id"], who["role"], who["department"], who["signed_in"]) == (
            "wang",
            "official",
            "云澜市教育局",
            True,
        )
        client.post("/api/ask", json={"question": "各区学校", "as": "steward"})
        assert bureau.assistant.asked_as[-1] == "wang"
        proof = form_of(client.get("/account"))
        kept = dict(client.cookies)
        assert client.post("/signout", data={"form": proof}).status_code == 303
        assert me(client)["id"] == "citizen"
        client.cookies.update(kept)  # the old cookie is worth nothing
        assert "登录已过期" in refused(client.get("/api/me"), 401)


def test_over_https_the_cookie_is_for_https_alone(bureau: AccountSite) -> None:
    with bureau.client(headers={"X-Forwarded-Proto": "https"}) as client:  # this test's server trusts its own host
        answer = client.get("/signin")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie


@pytest.mark.parametrize("asked", ["official", "steward", "admin", "wang", "root"])
def test_nobody_becomes_another_by_a_field(bureau: AccountSite, asked: str) -> None:
    with bureau.client() as client:
        client.post("/api/ask", json={"question": "各区学校", "as": asked})
        assert bureau.assistant.asked_as[-1] == "citizen"
        assert client.get("/api/me", params={"as": asked}).json()["id"] == "citizen"
        headers = {"X-Forwarded-User": asked, "Remote-User": asked, "X-Principal": asked, "Cookie": f"user={asked}"}
        assert client.get("/api/me", headers=headers).json()["id"] == "citizen"


def test_a_token_asks_in_its_owners_name_until_it_is_revoked(bureau: AccountSite) -> None:
    with bureau.bearer() as client:
        assert me(client)["id"] == "wang"
        client.post("/api/ask", json={"question": "各区学校"})
        assert bureau.assistant.asked_as[-1] == "wang"
        with client.stream("POST", "/api/ask/stream", json={"question": "各区学校"}) as stream:
            assert "event: outcome" in stream.read().decode()
        assert bureau.assistant.asked_as[-1] == "wang"
        token = bureau.accounts.tokens.of("wang")[-1]
        bureau.accounts.revoke_token(bureau.accounts.users.must("wang"), token.id, by="test")
        answer = client.post("/api/ask", json={"question": "各区学校"})
        assert "令牌无效" in refused(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("value", ["Bearer", "bearer x", f"Bearer zw_{'0' * 12}_{'A' * 43}", "BEARER \u00ff"])
def test_a_token_that_does_not_hold_never_becomes_the_public(bureau: AccountSite, value: str) -> None:
    with bureau.client() as client:
        for path in ("/api/me", "/api/search/datasets?q=a", "/api/conversations/x", "/api/conversations"):
            refused(client.get(path, headers={"Authorization": value.encode("latin-1")}), 401)


def test_forms_of_other_sites_do_nothing(bureau: AccountSite) -> None:
    with bureau.client() as client:
        client.get("/signin")
        for form in ("", "made-up"):
            answer = client.post("/signin", data={"form": form, "name": "wang", "password": PASSWORD})
            assert answer.status_code == 403
            assert "请再试一次" in answer.text
    with bureau.signed_in() as client:
        before = len(bureau.accounts.tokens.of("wang"))
        for path in (
            "/account/tokens",
            "/account/password",
            "/account/signout-everywhere",
            "/account/tokens/revoke",
            "/signout",
        ):
            assert client.post(path, data={"form": "made-up", "name": "x", "days": "3"}).status_code == 403
        good = form_of(client.get("/account"))
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site", "Origin": bureau.url},
            {"Sec-Fetch-Site": "same-site"},
        ):
            answer = client.post("/account/tokens", data={"form": good, "name": "x", "days": "3"}, headers=headers)
            assert "别的网站" in refused(answer, 403)
            assert "别的网站" in refused(client.post("/api/ask", json={"question": "学校"}, headers=headers), 403)
            assert client.post("/gradio_api/queue/join", json={}, headers=headers).status_code == 403
        assert len(bureau.accounts.tokens.of("wang")) == before
        assert len(bureau.audit.entries(9, kind="other_site")) == 1  # once a minute
        assert me(client)["id"] == "wang"
        headers = {"Origin": bureau.url, "Sec-Fetch-Site": "same-origin"}
        assert (
            client.post("/account/tokens", data={"form": good, "name": "x", "days": "3"}, headers=headers).status_code
            == 200
        )
        assert len(bureau.accounts.tokens.of("wang")) == before + 1


def test_a_first_password_must_be_changed_before_anything_else(bureau: AccountSite) -> None:
    with bureau.client() as client:
        assert sign_in(client, "new", PASSWORD).headers["location"] == "/account"
        assert client.get("/").headers["location"] == "/account"
        assert "修改初始密码" in refused(client.get("/api/me"), 403)
        page = client.get("/account")
        assert "接口令牌" not in page.text
        proof = form_of(page)
        assert client.post("/account/tokens", data={"form": proof, "name": "x", "days": "3"}).status_code == 403
        wrong = [
            ({"before": PASSWORD, "after": "a fine new one", "again": "another one"}, "两次输入的新密码不一样"),
            ({"before": PASSWORD, "after": "short", "again": "short"}, "密码太短"),
            ({"before": "not the one", "after": "a fine new one", "again": "a fine new one"}, "现在的密码不对"),
        ]
        for fields, said in wrong:
            answer = client.post("/account/password", data={"form": proof, **fields})
            assert answer.status_code == 400
            assert said in answer.text
        right = {"form": proof, "before": PASSWORD, "after": "a fine new one", "again": "a fine new one"}
        assert client.post("/account/password", data=right).headers["location"] == "/"
        assert me(client)["id"] == "new"


def test_conversations_are_their_owners_alone(bureau: AccountSite) -> None:
    with bureau.bearer("wang") as wang, bureau.bearer("li") as li, bureau.client() as public:
        turn = wang.post("/api/ask", json={"question": "各区学校"}).json()
        path = f"/api/conversations/{turn['conversation']}"
        listed = wang.get("/api/conversations").json()["conversations"]
        assert turn["conversation"] in [line["id"] for line in listed]
        assert li.get("/api/conversations").json()["conversations"] == []
        for other in (li, public):
            for end in ("", "/export", f"/turns/{turn['id']}/table"):
                assert other.get(path + end, params={"as": "wang"}).status_code == 404
        assert wang.get(path).status_code == 200
        refused(public.get("/api/conversations"), 401)


def test_a_person_sees_their_own_record_and_nobody_elses(bureau: AccountSite) -> None:
    with bureau.bearer("wang") as wang, bureau.bearer("li") as li, bureau.client() as public:
        bureau.accounts.record("token_revoked", "li", token="only-li", by="test")
        entries = li.get("/api/me/record", params={"limit": 5}).json()["entries"]
        assert entries[0]["body"]["token"] == "only-li"
        older = li.get("/api/me/record", params={"before": entries[0]["n"]}).json()["entries"]
        assert all(entry["n"] < entries[0]["n"] for entry in older)
        assert "only-li" not in wang.get("/api/me/record", params={"limit": 200, "as": "li"}).text
        refused(public.get("/api/me/record"), 401)
    with bureau.signed_in() as client:
        assert "登录（127.0.0.1）" in client.get("/account").text


def test_where_everyone_must_sign_in_nothing_is_told_before(closed: AccountSite) -> None:
    with closed.client() as client:
        assert client.get("/").headers["location"] == "/signin"
        wanted = {"Accept": "text/html,application/xhtml+xml"}  # as a browser asks for a page
        assert client.get("/requests", headers=wanted).headers["location"] == "/signin"
        assert client.get("/api/health").status_code == 200
        assert "以公众身份" not in client.get("/signin").text
        for path in (
            "/config",
            "/openapi.json",
            "/api/me",
            "/api/search/datasets?q=a",
            "/gradio_api/info",
            "/signinx",
            "/theme.css",
        ):
            assert "请先登录" in refused(client.get(path), 401)
        for path in ("/api/ask", "/api/ask/stream", "/gradio_api/queue/join", "/gradio_api/call/open"):
            assert "请先登录" in refused(client.post(path, json={"question": "学校"}), 401)
        assert closed.assistant.asked_as == []
    with closed.signed_in() as client:
        assert client.get("/").status_code == 200
        assert client.post("/api/ask", json={"question": "学校"}).status_code == 200
    with closed.bearer() as client:
        assert client.get("/openapi.json").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/requests/GX-2026-0001?as=wang", "/requests/GX-2026-0001?as=wang"),
        ("/?c=0123abc", "/?c=0123abc"),
        ("//evil.example/a", "/"),
        ("/\\evil.example", "/"),
        ("/a/%2F%2Fevil.example", "/a///evil.example"),  # a path on our own host
        ("/%09/evil.example", "/"),
    ],
)
def test_after_signing_in_one_is_where_one_wanted_to_be_and_never_elsewhere(
    closed: AccountSite, wanted: str, led: str
) -> None:
    with closed.client() as client:
        answer = client.send(
            httpx.Request(
                "GET", httpx.URL(closed.url).copy_with(raw_path=wanted.encode()), headers={"Accept": "text/html"}
            )
        )
        assert answer.headers["location"] == "/signin"
        client.cookies.extract_cookies(answer)
        assert sign_in(client, "wang", PASSWORD).headers["location"] == led
        assert "zhengwen-wanted" not in client.cookies
    with closed.client() as client:  # a cookie that somebody else has put there
        for planted in (
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "%2F%2Fevil.example",
            "x",
            "/a\r\nX: y",
        ):
            client.cookies.set("zhengwen-wanted", quote(planted, safe=""))
            assert sign_in(client, "wang", PASSWORD).headers["location"] == "/"


def test_lock_outs_are_told_and_recorded_without_secrets(tmp_path: Path) -> None:
    with account_site(tmp_path) as site, site.client() as client:
        for _ in range(4):
            answer = sign_in(client, "wang", "wrong password")
            assert answer.status_code == 401
            assert "用户名或密码不对" in answer.text
        assert "30 秒" in sign_in(client, "wang", "wrong password").text
        answer = sign_in(client, "wang", PASSWORD)
        assert answer.status_code == 429
        assert "输错次数太多" in answer.text
        sign_in(client, PASSWORD, "wang")
        kinds = [entry.kind for entry in site.audit.entries(100)]
        assert kinds.count("sign_in_failed") == 6
        assert "lock_out" in kinds
        text = str(site.audit.entries(100))
        assert PASSWORD not in text
        assert "wrong password" not in text
        assert "127.0.0.1" in text


def test_limits_are_told_in_advance_and_when_met(tmp_path: Path) -> None:
    settings = Settings(questions_per_minute=3, concurrent_turns=2, query_seconds_per_day=60)
    with account_site(tmp_path, settings=settings) as site, site.bearer("wang") as wang, site.bearer("li") as li:
        assert me(wang)["limits"] == {
            "questions_per_minute": 3,
            "questions_left": 3,
            "concurrent_turns": 2,
            "query_seconds_per_day": 60,
            "query_seconds_left": 60.0,
        }
        with site.signed_in() as page:
            assert "每分钟最多提 3 个问题，现在还可提 3 个" in page.get("/account").text
        for left in ("2", "1", "0"):
            answer = wang.post("/api/ask", json={"question": "学校"})
            assert (answer.headers["ratelimit-limit"], answer.headers["ratelimit-remaining"]) == ("3", left)
        answer = wang.post("/api/ask", json={"question": "学校"})
        assert re.search(r"每分钟最多 3 个问题，请在 \d+ 秒后再问", refused(answer, 429))
        assert 1 <= int(answer.headers["retry-after"]) <= 20
        assert wang.post("/api/ask/stream", json={"question": "学校"}).status_code == 429
        assert [entry.body["reason"] for entry in site.audit.entries(9, kind="limit_met")] == ["per_minute"]  # once
        site.assistant.released.clear()  # another person is not held up, up to their own limit
        with ThreadPoolExecutor(3) as pool:
            slow = [pool.submit(li.post, "/api/ask", json={"question": "学校，慢"}) for _ in range(3)]
            while not any(job.done() for job in slow):
                pass
            site.assistant.released.set()
            codes = sorted(job.result().status_code for job in slow)
        assert codes == [200, 200, 429]
        assert li.post("/api/ask", json={"question": "学校"}).status_code == 200  # both have left


def test_searches_and_lists_are_limited_too(tmp_path: Path) -> None:
    with account_site(tmp_path, settings=Settings(questions_per_minute=1)) as site, site.bearer("wang") as wang:
        for _ in range(5):
            assert wang.get("/api/search/datasets", params={"q": "学校"}).status_code == 200
            assert wang.get("/api/conversations").status_code == 200
        answer = wang.get("/api/search/policies", params={"q": "共享"})
        assert "请求太快：每分钟最多 10 次" in refused(answer, 429)
        assert answer.json()["error"]["code"] == "too_many_requests" and int(answer.headers["retry-after"]) >= 1
        assert wang.get("/api/me").status_code == 429
        assert wang.get("/api/health").status_code == 200  # whoever watches the service is never kept out
        assert wang.post("/api/ask", json={"question": "学校"}).status_code == 200
        assert [entry.body["reason"] for entry in site.audit.entries(9, kind="limit_met")] == ["looks_per_minute"]


def test_a_days_querying_ends_and_survives_a_restart(tmp_path: Path) -> None:
    settings = Settings(query_seconds_per_day=5)
    with account_site(tmp_path, settings=settings) as site:
        token = site.token()
        today = date.today().isoformat()
        site.accounts.usage.add("user:wang", today, 6.0)
        with site.client(headers={"Authorization": f"Bearer {token}"}) as client:
            assert me(client)["limits"]["query_seconds_left"] == 0.0  # type: ignore[index]
            assert "今天的查询时间（5 秒）已用完" in refused(client.post("/api/ask", json={"question": "学校"}), 429)


def test_a_demo_keeps_its_role_switch_and_limits_nobody(tmp_path: Path) -> None:
    with account_site(tmp_path, kind="demo") as site, site.client() as client:
        for role in ("official", "steward", "wang"):
            client.post("/api/ask", json={"question": "学校", "as": role})
        assert site.assistant.asked_as == ["official", "steward", "citizen"]
        assert "ratelimit-limit" not in client.get("/api/me").headers
        with site.signed_in() as wang:
            wang.post("/api/ask", json={"question": "学校", "as": "steward"})
        assert site.assistant.asked_as[-1] == "wang"
        with ThreadPoolExecutor(50) as pool:
            codes = list(
                pool.map(lambda _: site.client().post("/api/ask", json={"question": "学校"}).status_code, range(100))
            )
        assert set(codes) == {200}


def page_event(client: httpx.Client, place: str, data: list[object], **more: object) -> str:
    """Send one of the page's events as the page's script would, or worse; the text of what comes of it."""
    functions = client.get("/config").json()["dependencies"]
    number = next(f["id"] for f in functions if len(f["inputs"]) == len(data) and place in str(f["targets"]))
    body = {"data": data, "fn_index": number, "session_hash": "abc123", "event_data": None, **more}
    sent = client.post("/gradio_api/queue/join", json=body)
    assert sent.status_code == 200, sent.text
    told = ""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "abc123"}) as stream:
        for line in stream.iter_lines():
            told += line
            if "process_completed" in line or "close_stream" in line:
                return told
    return told


def test_the_pages_own_events_take_nobodys_word(bureau: AccountSite) -> None:
    forged = {
        "request": {"cookies": {"zhengwen-session": "x"}, "username": "li"},
        "username": "li",
        "simple_format": False,
    }
    with bureau.client() as public, bureau.signed_in("wang") as wang, bureau.bearer("li") as li:
        for asked in ("steward", "official", "admin"):
            page_event(public, "submit", ["各区学校", "", asked, "[]"], **forged)
            assert bureau.assistant.asked_as[-1] == "citizen"
            page_event(wang, "submit", ["各区学校", "", asked, "[]"], **forged)
            assert bureau.assistant.asked_as[-1] == "wang"
        secret = li.post("/api/ask", json={"question": "各区学校的秘密"}).json()["conversation"]
        for client in (public, wang):
            told = page_event(client, "load", [secret, "steward", f'["{secret}"]'])
            assert "秘密" not in told
        stale = {"Cookie": "zhengwen-session=made-up"}
        asked_before = len(bureau.assistant.asked_as)
        with bureau.client(headers=stale) as expired:
            assert "登录已过期" in page_event(expired, "submit", ["各区学校", "", "steward", "[]"])
        assert len(bureau.assistant.asked_as) == asked_before
