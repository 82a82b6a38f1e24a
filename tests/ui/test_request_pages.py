"""The pages of share requests over HTTP: forms that are wrong, forged, late or sent twice change nothing and lose nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import httpx
import pytest
from web_site import running

from assistant import Assistant
from tools.principal import Principal
from tools.requests.model import ShareRequest
from tools.requests.states import Action, State

EDU = Principal(id="official", role="official", name="市教育局工作人员", department="云澜市教育局")
WHOLE = {
    "contact": "周敏 0990-3456789",
    "items": [{"name": "姓名", "use": "核验"}, {"name": "居住证编号", "use": "核验"}],
    "basis": [{"document": "云澜市公共数据管理办法", "article": "第二十一条"}],
    "purpose": "入学资格核验",
    "scenario": "随迁子女入学",
    "use_scope": "招生科",
    "method": "核验查询",
    "starts": "2026-07-01",
    "ends": "2026-12-31",
    "security": "专人专岗",
    "disposal": "使用结束后删除",
    "personal_impact": "已完成评估",
}
CARD = {"X-Part": "card"}


@pytest.fixture(scope="module")
def client(demo_assistant: Assistant) -> Iterator[httpx.Client]:
    with running(demo_assistant) as url, httpx.Client(base_url=url, timeout=60, trust_env=False) as made:
        yield made


@pytest.fixture
def draft(demo_assistant: Assistant) -> ShareRequest:
    return demo_assistant.services.desk.create(EDU, "yl-residence-permits", WHOLE)


def now(assistant: Assistant, request: ShareRequest) -> ShareRequest:
    return assistant.services.desk.get(request.number, EDU)


def post(client: httpx.Client, request: ShareRequest, part: str, **form: object) -> httpx.Response:
    data = {"as": "official", "version": request.version, **form}
    return client.post(f"/requests/{request.number}/{part}", data=data)


def problem(reply: httpx.Response) -> str:
    found = re.search(r'class="rq-problem"[^>]*>(.*?)</p>', reply.text, re.S)
    return html.unescape(re.sub("<[^>]+>", "", found[1])) if found else ""


def test_an_edit_is_saved_and_leads_back_to_the_page(
    client: httpx.Client, draft: ShareRequest, demo_assistant: Assistant
) -> None:
    reply = post(client, draft, "edit", use_scope="招生科和信息中心")
    assert reply.status_code == 303
    assert now(demo_assistant, draft).use_scope == "招生科和信息中心"
    page = client.get(reply.headers["location"]).text
    assert "招生科和信息中心" in page
    assert "http://" not in page.replace('xmlns="http://', "")


def test_items_are_ticked_with_what_each_is_for(
    client: httpx.Client, draft: ShareRequest, demo_assistant: Assistant
) -> None:
    names = [i.name for i in draft.dataset.items]
    ticked = {"items-shown": "1", "item": ["姓名", "有效期至"], f"use-{names.index('有效期至')}": "看是否过期"}
    assert post(client, draft, "edit", **ticked).status_code == 303
    saved = now(demo_assistant, draft)
    assert {i.name: i.use for i in saved.items} == {"姓名": "核验", "有效期至": "看是否过期"}
    assert {i.name for i in saved.left_out} == set(names) - {"姓名", "有效期至"}


def test_a_basis_is_looked_up_when_it_is_saved(
    client: httpx.Client, draft: ShareRequest, demo_assistant: Assistant
) -> None:
    wrong = post(client, draft, "edit", basis="《云澜市公共数据管理办法》第九十九条")
    assert wrong.status_code == 422
    assert "没有第九十九条" in problem(wrong)
    assert "第九十九条</textarea>" in wrong.text  # what was typed is still there
    assert now(demo_assistant, draft).version == draft.version
    both = "《云澜市公共数据共享实施细则》第十条\n《中华人民共和国义务教育法》第十二条：适龄儿童、少年免试入学。"
    assert post(client, draft, "edit", basis=both).status_code == 303
    known, other = now(demo_assistant, draft).basis
    document = next(d for d in demo_assistant.store.documents() if d.title == known.document)
    assert known.quote == next(a.text for a in document.articles if a.locator == "第十条")
    assert other.quote == "适龄儿童、少年免试入学。"


@pytest.mark.parametrize(
    "forged",
    [
        {"sharing": "unconditional"},
        {"level": "一般数据"},
        {"department": "云澜市公安局", "officer": "hu"},
        {"state": "accepted"},
        {"dataset": "yl-school"},
    ],
)
def test_fields_that_nobody_may_set_say_nothing(
    client: httpx.Client, draft: ShareRequest, demo_assistant: Assistant, forged: dict[str, str]
) -> None:
    post(client, draft, "edit", **forged)
    after = now(demo_assistant, draft)
    assert after.model_dump(exclude={"version", "updated", "history"}) == draft.model_dump(
        exclude={"version", "updated", "history"}
    )


def test_two_people_editing_lose_nothing(client: httpx.Client, draft: ShareRequest, demo_assistant: Assistant) -> None:
    assert post(client, draft, "edit", security="第一个人写的").status_code == 303
    late = post(client, draft, "edit", security="第二个人写的")
    assert late.status_code == 409
    assert "没有保存" in problem(late)
    assert "第二个人写的" in late.text
    assert now(demo_assistant, draft).security == "第一个人写的"


def test_an_end_before_its_start_cannot_be_submitted(
    client: httpx.Client, draft: ShareRequest, demo_assistant: Assistant
) -> None:
    post(client, draft, "edit", starts="2026-12-01", ends="2026-08-01")
    request = now(demo_assistant, draft)
    reply = post(client, request, "act", action="submit", sure="yes")
    assert reply.status_code == 422
    assert "早于起始日" in problem(reply)
    assert now(demo_assistant, draft).state is State.DRAFT


def test_submitting_takes_a_tick_and_happens_once(
    client: httpx.Client, draft: ShareRequest, demo_assistant: Assistant
) -> None:
    assert client.get(f"/requests/{draft.number}", params={"as": "official", "action": "submit"}).status_code == 200
    assert post(client, draft, "act", action="submit").status_code == 422
    assert now(demo_assistant, draft).state is State.DRAFT
    assert post(client, draft, "act", action="submit", sure="yes").status_code == 303
    assert post(client, draft, "act", action="submit", sure="yes").status_code == 303  # the same click, sent twice
    events = [e.action for e in now(demo_assistant, draft).history]
    assert events == [Action.CREATE, Action.SUBMIT]
    desk = demo_assistant.services.desk
    desk.act(draft.number, EDU, now(demo_assistant, draft).version, Action.WITHDRAW)


def test_an_undo_brings_back_what_stood_there(
    client: httpx.Client, draft: ShareRequest, demo_assistant: Assistant
) -> None:
    post(client, draft, "edit", purpose="别的用途")
    reply = client.post(
        f"/requests/{draft.number}/undo",
        data={"as": "official", "version": now(demo_assistant, draft).version},
        headers=CARD,
    )
    assert "已撤销" in reply.text
    assert now(demo_assistant, draft).purpose == "入学资格核验"


@pytest.mark.parametrize("body", [b"", b"version=x", b"\xff\xfe", b"version=1&action=delete", b"a=b" * 40_000])
def test_what_is_no_form_changes_nothing(
    client: httpx.Client, draft: ShareRequest, demo_assistant: Assistant, body: bytes
) -> None:
    head = {"content-type": "application/x-www-form-urlencoded"}
    for part in ("edit", "act", "undo"):
        reply = client.post(f"/requests/{draft.number}/{part}", content=body, headers=head)
        assert reply.status_code in (403, 409, 422)
        assert "Traceback" not in reply.text
    assert now(demo_assistant, draft).version == draft.version


def test_only_who_is_concerned_sees_a_request(client: httpx.Client, draft: ShareRequest) -> None:
    assert client.get(f"/requests/{draft.number}").status_code == 403  # the public
    assert client.get(f"/requests/{draft.number}", params={"as": "steward"}).status_code == 404  # not submitted yet
    assert draft.number not in client.get("/requests", params={"as": "steward"}).text
    assert draft.number in client.get("/requests", params={"as": "official"}).text
    assert client.get("/requests/GX0", params={"as": "official"}).status_code == 404


def test_another_site_cannot_make_a_browser_submit(
    client: httpx.Client, draft: ShareRequest, demo_assistant: Assistant
) -> None:
    head = {"sec-fetch-site": "cross-site"}
    form = {"as": "official", "version": "1", "action": "submit", "sure": "yes"}
    assert client.post(f"/requests/{draft.number}/act", data=form, headers=head).status_code == 403
    assert now(demo_assistant, draft).state is State.DRAFT


def test_papers_come_down(client: httpx.Client, draft: ShareRequest) -> None:
    for kind, begins in (("docx", b"PK"), ("letter", b"PK"), ("json", b"{")):
        reply = client.get(f"/requests/{draft.number}/export/{kind}", params={"as": "official"})
        assert reply.status_code == 200, reply.text
        assert reply.content.startswith(begins)
        assert draft.number in reply.headers["content-disposition"]
    assert client.get(f"/requests/{draft.number}/export/exe", params={"as": "official"}).status_code == 404


def test_what_is_typed_is_shown_as_text(client: httpx.Client, draft: ShareRequest) -> None:
    post(client, draft, "edit", scenario='<script>alert(1)</script>"><img src=x>')
    page = client.get(f"/requests/{draft.number}", params={"as": "official"}).text
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page
