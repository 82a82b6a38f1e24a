"""A scripted assistant on the real server, and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from scripted_assistant import ScriptedAssistant
from web_screen import DESK, PHONE, Screen
from web_site import Site, running

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    assistant = ScriptedAssistant(pause=0.02)
    with running(assistant) as url:
        yield Site(url, assistant)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("没有找到 chromium：请安装 chromium 和 fonts-noto-cjk 后再运行浏览器测试")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


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
