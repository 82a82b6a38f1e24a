"""Conversations on the page: kept on the server, listed per browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from web_screen import DESK, Screen
from web_site import Site

pytestmark = pytest.mark.browser


def test_history_survives_a_reload(desk: Screen) -> None:
    desk.open()
    desk.ask("各区学校")
    desk.ask("近九年变化")
    assert "?c=" in desk.page.url
    desk.page.reload()
    desk.turns.nth(1).wait_for()
    assert desk.turns.count() == 2
    assert "近九年小学在校生" in desk.turns.nth(1).inner_text()
    assert desk.page.locator(".conversations li.current").count() == 1


def test_conversations_can_be_left_found_again_renamed_and_deleted(desk: Screen) -> None:
    desk.open()
    desk.ask("各区学校")
    desk.page.get_by_role("button", name="新建对话").click()
    desk.page.locator(".welcome").wait_for()
    assert "?c=" not in desk.page.url
    desk.ask("近九年变化")
    entries = desk.page.locator(".conversations li")
    assert entries.count() == 2
    entries.filter(has_text="各区学校").locator(".open").click()
    desk.page.get_by_text("临江区最多").first.wait_for()
    current = desk.page.locator(".conversations li.current")
    desk.reply = "学校情况"
    current.locator("summary").click()
    current.get_by_role("button", name="重命名").click()
    desk.page.locator(".conversations .title", has_text="学校情况").wait_for()
    with desk.page.expect_download() as download:
        current.locator("summary").click()
        current.get_by_role("link", name="导出 Markdown").click()
    assert download.value.suggested_filename == "zhengwen-conversation.md"
    desk.reply = None
    current.get_by_role("button", name="删除").click()
    desk.page.locator(".welcome").wait_for()
    assert desk.page.locator(".conversations li").count() == 1
    assert len(desk.dialogs) == 2


def test_another_browser_does_not_see_the_list(desk: Screen, chromium: Any, site: Site) -> None:
    desk.open().ask("各区学校")
    other = chromium.new_context(viewport=DESK)
    screen = Screen(other, site).open()
    assert screen.page.locator(".conversations li").count() == 0
    other.close()


def test_a_role_of_the_demo_changes_who_asks(desk: Screen) -> None:
    desk.open()
    desk.page.locator("#role input").click()
    desk.page.get_by_role("option", name=re.compile("教育局")).click()
    desk.ask("各区学校")
    assert desk.site.assistant.asked_as[-1] == "official"


def test_nothing_is_kept_in_the_browser_but_ids(desk: Screen) -> None:
    desk.open().ask("各区学校")
    kept = desk.page.evaluate("JSON.stringify(localStorage)")
    assert "各区学校" not in kept
    assert "临江区" not in kept
