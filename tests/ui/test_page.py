"""The page in a real browser, on a scripted assistant: asking and reading answers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from web_screen import DESK, Screen
from web_site import Site

pytestmark = pytest.mark.browser


def test_a_question_shows_steps_then_answer_chart_table_and_evidence(desk: Screen) -> None:
    desk.open()
    desk.site.assistant.released.clear()
    desk.page.locator("#box textarea").fill("各区学校，慢")
    desk.page.keyboard.press("Enter")
    steps = desk.page.locator("#live .steps")
    steps.get_by_text("正在理解问题…").wait_for()
    assert desk.page.locator("#stop").is_visible()
    desk.site.assistant.released.set()
    turn = desk.finished(0)
    assert turn.locator(".question").inner_text() == "各区学校，慢"
    assert "临江区最多，为118所" in turn.locator(".answer-text").inner_text()
    assert turn.locator(".figure .bar").count() == 7
    assert turn.locator("table.result tbody tr").count() == 7
    assert "义务教育学校基本信息" in turn.locator(".evidence").inner_text()
    assert "我的理解" in turn.locator(".understood").inner_text()
    assert desk.page.locator("#send").is_visible()
    turn.locator(".steps > summary").click()
    assert turn.locator(".steps li").count() == 4
    assert turn.locator(".steps li li").inner_text().startswith("安全检查")
    assert desk.errors == []


def test_a_citation_leads_to_its_source_and_the_query_unfolds(desk: Screen) -> None:
    turn = desk.open().ask("各区学校")
    turn.locator(".cite").nth(1).click()
    assert "flash" in (turn.locator(".sources li").nth(1).get_attribute("class") or "")
    assert not turn.locator(".sql code").is_visible()
    turn.locator(".sql summary").click()
    assert "GROUP BY" in turn.locator(".sql code").inner_text()


def test_copying_gives_the_text(chromium: Any, site: Site) -> None:
    context = chromium.new_context(viewport=DESK, permissions=["clipboard-read", "clipboard-write"])
    screen = Screen(context, site).open()
    turn = screen.ask("各区学校")
    turn.get_by_role("button", name="复制回答").click()
    turn.get_by_role("button", name="已复制").wait_for()
    assert "临江区最多" in screen.page.evaluate("navigator.clipboard.readText()")
    context.close()


def test_headings_sort_numbers_as_numbers_and_gaps_last(desk: Screen) -> None:
    turn = desk.open().ask("近九年变化")
    heading = turn.get_by_role("button", name=re.compile("初中在校生"))
    cells = turn.locator("table.result tbody tr td:nth-child(3)")
    heading.click()
    assert cells.all_inner_texts()[0] == "1,390"
    assert cells.all_inner_texts()[-1] == "—"
    heading.click()
    assert cells.all_inner_texts()[0] == "910"
    assert cells.all_inner_texts()[-1] == "—"
    assert turn.locator("th[aria-sort=ascending]").count() == 1


def test_an_option_is_asked_when_clicked(desk: Screen) -> None:
    turn = desk.open().ask("各区教师")
    turn.get_by_role("button", name="教职工总数").click()
    assert desk.finished(1).locator(".question").inner_text() == "各区教职工有多少人？"


def test_a_suggestion_and_an_example_are_asked_when_clicked(desk: Screen) -> None:
    desk.open()
    desk.page.locator(".example").first.click()
    turn = desk.finished(0)
    turn.locator(".chip").first.click()
    assert desk.finished(1).locator(".question").inner_text() == "近五年呢？"


def test_a_refusal_leads_to_a_draft_with_visible_blanks(desk: Screen) -> None:
    turn = desk.open().ask("参保人员名单")
    assert "无权查看" in turn.inner_text()
    turn.get_by_role("button", name=re.compile("生成共享申请草稿")).click()
    drafted = desk.finished(1)
    assert drafted.locator(".blank").count() == 3
    assert drafted.locator(".checks li").count() == 2


def test_stopping_gives_the_question_back(desk: Screen) -> None:
    desk.open()
    desk.site.assistant.released.clear()
    desk.page.locator("#box textarea").fill("各区学校，慢")
    desk.page.keyboard.press("Enter")
    desk.page.locator("#stop").click()
    desk.page.get_by_text("已停止。").wait_for()
    assert desk.page.locator("#box textarea").input_value() == "各区学校，慢"
    desk.site.assistant.released.set()
    assert desk.page.locator("#send").is_visible()


def test_what_is_sent_while_a_question_is_answered_stays_in_the_box(desk: Screen) -> None:
    desk.open()
    desk.site.assistant.released.clear()
    box = desk.page.locator("#box textarea")
    box.fill("各区学校，慢")
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("Enter")  # pressed twice: asked once
    desk.page.locator("#stop").wait_for()
    box.fill("近九年变化")
    desk.page.keyboard.press("Enter")
    desk.site.assistant.released.set()
    desk.finished(0)
    assert box.input_value() == "近九年变化"
    desk.page.keyboard.press("Enter")
    desk.finished(1)
    assert desk.turns.locator(".question").all_inner_texts() == ["各区学校，慢", "近九年变化"]


def test_a_question_sent_as_soon_as_the_last_is_answered_is_not_lost(desk: Screen) -> None:
    desk.open()
    desk.page.evaluate("""
      new MutationObserver(() => {
        const turns = document.querySelectorAll('#history .turn').length;
        const box = document.querySelector('#box textarea');
        if (!turns || turns > 4 || turns === Number(box.dataset.sent) || document.getElementById('stop')) return;
        box.dataset.sent = turns;
        box.value = '各区学校';
        box.dispatchEvent(new Event('input', {bubbles: true}));
        setTimeout(() => document.querySelector('#send').click());
      }).observe(document.body, {childList: true, subtree: true});
    """)
    desk.page.locator("#box textarea").fill("各区学校")
    desk.page.keyboard.press("Enter")
    desk.finished(4)


def test_the_keyboard_alone_is_enough(desk: Screen) -> None:
    desk.open()
    keys = desk.page.keyboard
    desk.page.locator(".welcome h1").click()
    keys.press("/")
    keys.type("各区")
    keys.press("Shift+Enter")
    keys.type("学校")
    assert desk.page.locator("#box textarea").input_value() == "各区\n学校"
    keys.press("Enter")
    turn = desk.finished(0)
    assert desk.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    for _ in range(40):
        keys.press("Shift+Tab")
        if desk.page.evaluate("document.activeElement.classList.contains('chip')"):
            break
    assert desk.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    keys.press("Enter")
    assert desk.finished(1).locator(".question").inner_text() == turn.locator(".chip").last.inner_text()


def test_enter_while_composing_does_not_send(desk: Screen) -> None:
    desk.open()
    desk.page.locator("#box textarea").fill("xuexiao")
    desk.page.locator("#box textarea").evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    assert desk.page.locator("#box textarea").input_value() == "xuexiao"
    assert desk.page.locator("#live .turn").count() == 0
