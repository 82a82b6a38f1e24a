"""The page at the width of a phone."""

from __future__ import annotations

import pytest
from web_screen import PHONE, Screen

pytestmark = pytest.mark.browser


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
