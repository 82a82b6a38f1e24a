"""One browser window on the page, for tests."""

from __future__ import annotations

from typing import Any

from web_site import Site

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
