"""The page under hostile data, several people, failures, a lost connection."""

from __future__ import annotations

import re
from typing import Any

import pytest
from scripted_assistant import HOSTILE, ScriptedAssistant
from web_screen import DESK, Screen
from web_site import Site, running

pytestmark = pytest.mark.browser


def test_several_people_are_answered_at_once(chromium: Any, site: Site) -> None:
    site.assistant.released.clear()
    windows = [Screen(chromium.new_context(viewport=DESK), site).open() for _ in range(4)]
    for window in windows:
        window.page.locator("#box textarea").fill("各区学校，慢")
        window.page.keyboard.press("Enter")
    for window in windows:  # all have begun while none has ended
        window.page.locator("#live .steps").get_by_text("正在理解问题…").wait_for()
    site.assistant.released.set()
    for window in windows:
        assert window.finished(0).locator(".bar").count() == 7
        window.page.context.close()


def test_a_failure_is_one_sentence(desk: Screen) -> None:
    desk.open()
    desk.page.locator("#box textarea").fill("故障")
    desk.page.keyboard.press("Enter")
    notice = desk.page.locator(".notice")
    notice.wait_for()
    assert re.fullmatch(r"服务出错，.*编号 [0-9a-f]{8} 告诉管理员。", notice.inner_text())
    assert desk.ask("各区学校").locator(".answer-text").is_visible()


def test_hostile_data_is_only_text(desk: Screen) -> None:
    desk.open()
    turn = desk.ask("攻击 " + " ".join(HOSTILE[:4]))
    desk.page.wait_for_timeout(300)
    assert desk.dialogs == []
    assert desk.foreign == []
    assert desk.page.locator("#desk img, #desk script, #desk iframe").count() == 0
    assert turn.locator("a[href]").count() == 2  # the two downloads
    assert HOSTILE[2] in turn.locator("table.result").inner_text()
    assert HOSTILE[3] in turn.locator(".answer-text").inner_text()


def test_nothing_is_asked_of_another_host(desk: Screen) -> None:
    desk.open()
    for question in ("各区学校", "近九年变化", "政策", "找数据", "教师", "参保", "申请共享"):
        desk.ask(question)
    assert desk.foreign == []
    assert desk.errors == []


def test_a_lost_connection_is_said_in_chinese(chromium: Any) -> None:
    context = chromium.new_context(viewport=DESK)
    with running(ScriptedAssistant()) as url:
        screen = Screen(context, Site(url, ScriptedAssistant())).open()
    screen.page.locator("#box textarea").fill("各区学校")
    screen.page.keyboard.press("Enter")
    screen.page.get_by_text("与服务器的连接断开，正在重新连接……").wait_for()
    assert screen.page.locator(".toast-title").inner_text().strip() == "提示"
    context.close()
