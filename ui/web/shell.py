"""The HTML page that Gradio serves, dressed: our style and script in its head, nothing that names another host."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
STYLES = ("page.css", "account.css", "turn.css", "evidence.css", "chart.css", "requests.css")
# Gradio's page carries share-card tags that name its own site and a picture on another host.
_FOREIGN_META = re.compile(rb"<meta\s+(?:property|name)=\"(?:og|twitter):[^>]*>")
_NO_SCRIPT = "<noscript>这个页面需要启用 JavaScript。也可以用命令行 zhengwen ask 或 /api/ask 接口提问。</noscript>"


def dressed(page: bytes) -> bytes:
    """The page with our assets. They stand in the document itself: Gradio's own `css` would be applied twice and late."""
    page = _FOREIGN_META.sub(b"", page).replace(b'lang="en"', b'lang="zh-CN"', 1)
    page = page.replace(b"</head>", _assets() + b"</head>", 1)
    return re.sub(rb"(<body[^>]*>)", lambda m: m[1] + _NO_SCRIPT.encode(), page, count=1)


@cache
def _assets() -> bytes:
    style = "\n".join((ASSETS / name).read_text("utf-8") for name in STYLES)
    script = "\n".join((ASSETS / name).read_text("utf-8") for name in ("page.js", "account.js", "requests.js"))
    return f"<style>{style}</style><script>{script}</script>".encode()
