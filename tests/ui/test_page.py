"""The page in a real browser, on a scripted assistant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from scripted_assistant import HOSTILE
from web_site import Site

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}


class Screen:
    """One browser window on the page; it notes foreign requests, dialogs and script errors."""

    def __init__(self, context: Any, site: Site) -> None:
        self.site = site
        self.page = context.new_page()
        self.foreign: list[str] = []
        self.dialogs: list[str] = []
        self.errors: list[str] = []
        self.reply: str | None = None  # what to answer to a prompt
        self.page.on("request", self._request)
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.foreign.append(request.url)

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.accept(self.reply) if self.reply is not None else dialog.accept()

    def open(self, path: str = "/") -> Screen:
        self.page.goto(self.site.url + path)
        self.page.locator(".welcome, #history .turn").first.wait_for()
        return self

    @property
    def turns(self) -> Any:
        return self.page.locator("#history .turn")

    def ask(self, question: str) -> Any:
        """Type and send; returns the finished turn."""
        before = self.turns.count()
        self.page.locator("#box textarea").fill(question)
        self.page.keyboard.press("Enter")
        return self.finished(before)

    def finished(self, before: int) -> Any:
        turn = self.turns.nth(before)
        turn.wait_for()
        self.page.locator("#live .turn").wait_for(state="detached")
        return turn

    def width(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth"))


@pytest.fixture
def desk(chromium: Any, site: Site) -> Iterator[Screen]:
    context = chromium.new_context(viewport=DESK, locale="zh-CN")
    yield Screen(context, site)
    context.close()


@pytest.fixture
def phone(chromium: Any, site: Site) -> Iterator[Screen]:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True)
    yield Screen(context, site)
    context.close()


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


def test_a_failure_is_one_sentence(desk: Screen) -> None:
    desk.open()
    desk.page.locator("#box textarea").fill("故障")
    desk.page.keyboard.press("Enter")
    notice = desk.page.locator(".notice")
    notice.wait_for()
    assert re.fullmatch(r"服务出错，.*编号 [0-9a-f]{8} 告诉管理员。", notice.inner_text())
    assert desk.ask("各区学校").locator(".answer-text").is_visible()


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


def test_a_phone_needs_no_sideways_scrolling(phone: Screen) -> None:
    phone.open()
    assert phone.width() == PHONE["width"]
    for question in ("各区学校", "近九年变化", "政策", "找数据", "攻击", "申请共享"):
        phone.ask(question)
        assert phone.width() == PHONE["width"]


def test_a_phone_folds_the_evidence_and_the_list(phone: Screen) -> None:
    turn = phone.open().ask("各区学校")
    source = turn.locator(".sources li").first
    assert not source.is_visible()
    turn.locator(".evidence-head").click()
    assert source.is_visible()
    assert turn.locator(".evidence").bounding_box()["y"] > turn.locator(".answer").bounding_box()["y"]
    new = phone.page.get_by_role("button", name="新建对话")
    assert not new.is_visible()
    phone.page.locator("#menu").click()
    new.wait_for()
    new.click()
    phone.page.locator(".welcome").wait_for()


def test_a_citation_opens_the_folded_evidence(phone: Screen) -> None:
    turn = phone.open().ask("各区学校")
    turn.locator(".cite").first.click()
    assert turn.locator(".sources li").first.is_visible()


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
