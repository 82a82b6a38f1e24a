"""One share request from the first words to its end, in a browser: two departments, each signed in as itself.

With ZHENGWEN_PICTURES set to a folder the pictures of the documentation are taken on the way.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_site import running

from assistant import Assistant

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
WIDE = {"width": 960, "height": 760}
PHONE = {"width": 390, "height": 844}


class Person:
    """Somebody signed in, in a browser of their own."""

    def __init__(self, chromium: Any, url: str, name: str, pictures: Path) -> None:
        self.url, self.pictures = url, pictures
        self.context = chromium.new_context(viewport=WIDE, locale="zh-CN")
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.goto(f"{url}/signin")
        self.page.get_by_label("用户名").fill(name)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.locator(".welcome").wait_for()

    @property
    def card(self) -> Any:
        return self.page.locator(".rq-card").last

    def open(self, number: str) -> None:
        self.page.goto(f"{self.url}/requests/{number}")

    def state(self, label: str) -> None:
        self.card.locator(".rq-state", has_text=label).wait_for()

    def fill_next(self, text: str) -> None:
        """Answer the question that the card asks now."""
        asked = self.card.locator(".rq-question").inner_text()
        self.card.locator(".rq-next").locator("textarea, input[type=text]").first.fill(text)
        self.card.locator(".rq-next .rq-save").click()
        self.page.locator(".rq-card:not([aria-busy=true])").wait_for()
        self.page.wait_for_function("was => document.querySelector('.rq-question')?.innerText !== was", arg=asked)

    def act(self, label: str, note: str = "", *, tick: bool = False) -> None:
        """Unfold an act, say why, confirm it."""
        block = self.card.locator("details.rq-act", has=self.page.locator("summary", has_text=label)).first
        block.locator("summary").click()
        if note:
            block.locator("textarea").fill(note)
        if tick:
            block.locator("input[name=sure]").check()
        block.locator("button.rq-do").click()

    def picture(self, name: str, *, whole: bool = False) -> None:
        self.page.screenshot(path=self.pictures / f"share-{name}.png", full_page=whole)


@pytest.fixture(scope="module")
def town(demo_assistant: Assistant) -> Iterator[str]:
    assert demo_assistant.accounts is not None
    add = demo_assistant.accounts.users.add
    add("zhou", "official", name="周敏", department="云澜市教育局", password=PASSWORD, must_change=False)
    add("hu", "official", name="胡强", department="云澜市公安局", password=PASSWORD, must_change=False)
    with running(demo_assistant) as url:
        yield url


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("ZHENGWEN_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_from_the_first_words_to_the_end(chromium: Any, town: str, pictures: Path) -> None:
    asker, giver = Person(chromium, town, "zhou", pictures), Person(chromium, town, "hu", pictures)
    page = asker.page

    # The draft comes out of the conversation, and is gone on with in words and by a click.
    page.locator("#box textarea").fill("我局要用公安的居住证办理信息，用于随迁子女入学资格核验")
    page.keyboard.press("Enter")
    asker.card.wait_for(timeout=60_000)
    number = asker.card.get_attribute("data-rq")
    assert asker.card.locator(".rq-blank").count() >= 6
    page.locator("#box textarea").fill("使用依据是《云澜市公共数据管理办法》第二十一条")
    page.keyboard.press("Enter")
    turn = page.locator("#history .turn").nth(1)
    turn.wait_for()
    turn.get_by_role("button", name="本部门办理该项业务的岗位").click()
    page.locator("#history .turn").nth(2).wait_for()
    asker.card.wait_for()
    assert asker.card.get_attribute("data-rq") == number
    asker.picture("1-draft")

    # The rest in the form, one question after the other.
    asker.open(str(number))
    asker.card.get_by_role("button", name="今天起").click()
    asker.card.get_by_role("button", name="一年").click()
    asker.card.locator(".rq-value", has_text="2026-07-01 至 2027-06-30").wait_for()
    asker.card.get_by_role("button", name="加密传输").click()
    asker.card.locator(".rq-question", has_text="怎样处置").wait_for()
    asker.card.get_by_role("button", name="10个工作日内删除").click()
    asker.card.locator(".rq-question", has_text="影响评估").wait_for()
    asker.card.get_by_role("button", name="已完成评估").click()
    asker.card.locator(".rq-question", has_text="联系人").wait_for()
    asker.picture("2-form")
    asker.fill_next("周敏 0990-3456789")
    assert asker.card.locator(".rq-blank").count() == 0
    assert "100%" in asker.card.locator(".rq-score").inner_text()

    # Nothing is submitted without the tick; with it, it is, once.
    assert asker.card.locator(".rq-state").inner_text() == "草稿"
    asker.act("提交", tick=True)
    asker.state("待答复")
    assert "答复期限" in asker.card.locator(".rq-due").inner_text()
    asker.picture("3-submitted")

    # The other side finds it in what is to be done, and asks once for everything that is missing.
    giver.page.goto(f"{town}/requests")
    giver.picture("4-to-do")
    giver.page.get_by_role("link").filter(has_text=str(number)).click()
    giver.act("一次性告知补正", "请写明使用人员的范围和账号数量")
    giver.state("补正中")
    giver.picture("5-supplement")

    asker.open(str(number))
    line = asker.card.locator("details.rq-line", has_text="使用范围")
    line.locator("summary").click()
    line.locator("textarea").fill("基础教育科2名工作人员，义务教育招生平台账号2个")
    line.locator(".rq-save").click()
    asker.card.locator(".rq-value", has_text="账号2个").wait_for()
    asker.act("补正后重新报送", "已写明")
    asker.state("待答复")

    giver.open(str(number))
    assert giver.card.locator("details[data-action=ask_supplement]").count() == 0  # 一次性告知
    agree = giver.card.locator("details[data-action=accept]")
    agree.locator("summary").click()
    agree.locator("li", has_text="签发日期").locator("input").uncheck()
    agree.locator("button.rq-do").click()
    giver.state("已同意")
    giver.picture("6-accepted")
    giver.act("提供数据", "接口已开通")
    giver.state("已提供")

    asker.open(str(number))
    asker.act("确认可用并开始使用")
    asker.state("使用中")
    asker.act("提出校核申请", "有3条居住证的有效期早于签发日期")
    asker.state("校核中")
    asker.picture("7-correction")
    giver.open(str(number))
    giver.act("反馈校核结果", "已核实并更正3条")
    giver.state("使用中")
    asker.open(str(number))
    asker.act("终止并处置", "招生结束，数据已删除，处置证明已报送")
    asker.state("已终止")
    asker.picture("8-ended")
    steps = asker.card.locator(".rq-timeline li b").all_inner_texts()
    assert [s for s in steps if not s.startswith("修改内容")] == [
        *("建立草稿", "提交申请", "一次性告知补正", "补正后重新报送", "同意共享", "提供数据"),
        *("确认可用并开始使用", "提出校核申请", "反馈校核结果", "终止并处置"),
    ]
    assert asker.errors == giver.errors == []
    asker.context.close()
    giver.context.close()


def test_a_phone_and_the_keyboard_are_enough(chromium: Any, town: str, pictures: Path) -> None:
    person = Person(chromium, town, "zhou", pictures)
    page = person.page
    page.locator("#box textarea").fill("申请共享不动产登记簿信息，用于入学资格审核")
    page.keyboard.press("Enter")
    person.card.wait_for(timeout=60_000)
    number = str(person.card.get_attribute("data-rq"))
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for address in (f"{town}/requests", f"{town}/requests/{number}"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    person.picture("9-phone")

    area = person.card.locator(".rq-next textarea")
    area.focus()
    page.keyboard.type("《云澜市公共数据管理办法》第二十一条")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    person.card.locator(".rq-value", has_text="第二十一条").wait_for()
    page.wait_for_function("document.activeElement.closest('.rq-next') !== null")  # on to the next question

    line = person.card.locator("details.rq-line", has_text="使用目的")
    line.locator("summary").focus()
    page.keyboard.press("Enter")
    line.locator("textarea").fill("别的用途")
    line.locator(".rq-save").press("Enter")
    person.card.locator(".rq-value", has_text="别的用途").wait_for()
    person.card.get_by_role("button", name="撤销上次修改").press("Enter")
    person.card.locator(".rq-note", has_text="已撤销").wait_for()
    assert person.card.locator(".rq-value", has_text="别的用途").count() == 0
    assert person.errors == []
    person.context.close()
