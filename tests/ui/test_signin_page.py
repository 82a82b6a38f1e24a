"""Signing in with a real browser: keyboard and phone, who one is on the page, whose conversations are listed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from account_site import PASSWORD, AccountSite, account_site
from web_screen import DESK, PHONE, Screen

from assistant.settings import Settings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountSite]:
    with account_site(tmp_path_factory.mktemp("page")) as made:
        yield made


@pytest.fixture
def desk(chromium: Any, bureau: AccountSite) -> Iterator[Screen]:
    context = chromium.new_context(viewport=DESK, locale="zh-CN")
    yield Screen(context, bureau)
    context.close()


def sign_in(screen: Screen, name: str, password: str = PASSWORD) -> None:
    """By keyboard alone, from where the form puts the cursor."""
    screen.page.goto(screen.site.url + "/signin")
    screen.page.locator("input[name=name]:focus").wait_for()
    screen.page.keyboard.type(name)
    screen.page.keyboard.press("Tab")
    screen.page.keyboard.type(password)
    screen.page.keyboard.press("Enter")


def test_signing_in_asking_and_signing_out(desk: Screen, chromium: Any, bureau: AccountSite) -> None:
    desk.open()
    assert not desk.page.locator("#role").is_visible()
    desk.page.get_by_role("link", name="登录").click()
    sign_in(desk, "wang")
    desk.page.locator(".welcome").wait_for()
    who = desk.page.locator("#account .who")
    who.wait_for()
    assert who.inner_text() == "王小明"
    assert who.get_attribute("title") == "部门人员，云澜市教育局"
    desk.ask("各区学校")
    assert bureau.assistant.asked_as[-1] == "wang"
    elsewhere = chromium.new_context(viewport=DESK, locale="zh-CN")  # another computer: the list comes from the server
    other = Screen(elsewhere, bureau)
    sign_in(other, "wang")
    entry = other.page.locator(".conversations li .open").first
    entry.wait_for()
    entry.click()
    other.turns.first.wait_for()
    other.page.get_by_role("button", name="退出").click()
    other.page.get_by_role("link", name="登录").wait_for()
    assert other.page.locator(".conversations li").count() == 0
    other.ask("各区学校")
    assert bureau.assistant.asked_as[-1] == "citizen"
    elsewhere.close()
    desk.ask("近九年变化")  # the first computer is still signed in
    assert bureau.assistant.asked_as[-1] == "wang"
    assert desk.foreign == []
    assert desk.errors == []


def test_a_session_that_ends_meanwhile_is_said_and_leads_to_the_form(desk: Screen, bureau: AccountSite) -> None:
    sign_in(desk, "li")
    desk.page.locator("#account .who").wait_for()
    bureau.accounts.sessions.end_all("li")
    desk.page.locator("#box textarea").fill("各区学校")
    asked = len(bureau.assistant.asked_as)
    desk.page.keyboard.press("Enter")
    desk.page.get_by_text("登录已过期，请重新登录。").wait_for()
    assert len(bureau.assistant.asked_as) == asked
    assert desk.page.locator("#box textarea").input_value() == "各区学校"  # nothing typed is lost
    desk.page.goto(bureau.url)
    desk.page.get_by_role("heading", name="登录").wait_for()
    assert desk.page.get_by_role("alert").inner_text() == "登录已过期，请重新登录。"
    desk.page.get_by_role("link", name="以公众身份使用").click()
    desk.page.locator(".welcome").wait_for()


def test_signing_out_in_one_tab_shows_in_the_other(desk: Screen, bureau: AccountSite) -> None:
    sign_in(desk, "wang")
    desk.page.locator("#account .who").wait_for()
    other = desk.page.context.new_page()
    other.goto(bureau.url)
    other.get_by_role("button", name="退出").click()
    other.get_by_role("link", name="登录").wait_for()
    desk.page.bring_to_front()
    desk.page.evaluate("window.dispatchEvent(new Event('focus'))")  # headless windows all have it all the time
    desk.page.get_by_role("link", name="登录").wait_for()
    desk.page.locator(".welcome").wait_for()


def test_a_first_password_is_changed_and_a_token_made_on_a_phone(chromium: Any, bureau: AccountSite) -> None:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True)
    phone = Screen(context, bureau)
    page = phone.page
    page.goto(bureau.url + "/signin")
    assert phone.width() == PHONE["width"]
    page.get_by_label("用户名").fill("new")
    page.get_by_label("密码").fill("not the one")
    page.get_by_role("button", name="登录").tap()
    assert page.get_by_role("alert").inner_text() == "用户名或密码不对。"
    assert page.get_by_label("用户名").input_value() == "new"
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").tap()
    page.get_by_role("heading", name="修改初始密码").wait_for()
    page.get_by_label("现在的密码").fill(PASSWORD)
    for label in ("新密码（至少", "再输入一次新密码"):
        page.get_by_label(label).fill("a fine fresh secret")
    page.get_by_role("button", name="修改密码").tap()
    page.locator("#account .who").wait_for()
    assert phone.width() == PHONE["width"]
    page.locator("#account .who").tap()
    page.get_by_label("令牌名称").fill("手机")
    page.get_by_role("button", name="建立令牌").tap()
    shown = page.locator("#new-token").inner_text()
    assert bureau.accounts.bearer(shown, "").id == "new"
    assert phone.width() == PHONE["width"]
    for button in page.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 40
    page.get_by_role("button", name="撤销").tap()
    page.get_by_text("令牌已撤销。").wait_for()
    page.get_by_role("button", name="在所有设备上退出").tap()
    page.get_by_role("heading", name="登录").wait_for()
    assert bureau.accounts.sessions.count("new") == 0
    assert phone.foreign == []
    context.close()


def test_a_met_limit_is_said_on_the_page(chromium: Any, tmp_path: Path) -> None:
    with account_site(tmp_path, settings=Settings(questions_per_minute=1)) as site:
        context = chromium.new_context(viewport=DESK, locale="zh-CN")
        screen = Screen(context, site).open()
        screen.ask("各区学校")
        screen.page.locator("#box textarea").fill("近九年变化")
        screen.page.keyboard.press("Enter")
        screen.page.get_by_text("提问太快：每分钟最多 1 个问题").wait_for()
        assert screen.page.locator("#box textarea").input_value() == "近九年变化"
        assert screen.turns.count() == 1
        assert screen.page.locator("#send").is_visible()
        context.close()


def test_without_https_on_an_office_network_the_forms_work_too(chromium: Any, tmp_path: Path) -> None:
    """Such a browser sends no Sec-Fetch headers, so that the Origin alone tells our forms from others'."""
    address = own_address()
    with (
        socket.create_server((address, 0)) as listening,
        account_site(tmp_path, listening=listening) as site,
    ):
        site.url = f"http://{address}:{listening.getsockname()[1]}"
        context = chromium.new_context(viewport=DESK, locale="zh-CN")
        screen = Screen(context, site)
        sign_in(screen, "wang")
        screen.page.locator("#account .who").wait_for()
        screen.ask("各区学校")
        assert site.assistant.asked_as == ["wang"]
        screen.page.get_by_role("button", name="退出").click()
        screen.page.get_by_role("link", name="登录").wait_for()
        context.close()


def own_address() -> str:
    """This machine's address on its network; the test is skipped where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("这台机器没有局域网地址，没有 HTTPS 时的表单没有测试")
        return str(probe.getsockname()[0])


def test_a_stopped_question_gives_its_place_back(chromium: Any, tmp_path: Path) -> None:
    with account_site(tmp_path, settings=Settings(concurrent_turns=1)) as site:
        context = chromium.new_context(viewport=DESK, locale="zh-CN")
        screen = Screen(context, site).open()
        screen.page.locator("#box textarea").fill("各区学校，慢")
        screen.page.keyboard.press("Enter")
        screen.page.locator("#live .steps").get_by_text("正在理解问题…").wait_for()
        assert site.client().post("/api/ask", json={"question": "学校"}).status_code == 429
        screen.page.locator("#stop").click()
        screen.page.get_by_text("已停止。").wait_for()
        site.assistant.released.set()
        while site.client().post("/api/ask", json={"question": "学校"}).status_code == 429:
            screen.page.wait_for_timeout(50)
        context.close()


def test_in_a_demo_who_signs_in_has_no_role_switch(chromium: Any, tmp_path: Path) -> None:
    with account_site(tmp_path, kind="demo") as site:
        context = chromium.new_context(viewport=DESK, locale="zh-CN")
        screen = Screen(context, site).open()
        assert screen.page.locator("#role").is_visible()
        sign_in(screen, "wang")
        screen.page.locator("#account .who").wait_for()
        assert not screen.page.locator("#role").is_visible()
        screen.ask("各区学校")
        assert site.assistant.asked_as[-1] == "wang"
        context.close()
