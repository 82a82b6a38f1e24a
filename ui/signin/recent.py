"""A person's last sign-ins in words, so that they notice one that was not theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tools.audit import Entry

LOOKED_AT = 100  # entries of the log
SHOWN = 5
_WORDS = {
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "lock_out": "因多次输错暂时锁定",
    "sign_out": "退出",
    "password_changed": "修改密码",
    "password_denied": "修改密码时输错",
    "token_created": "建立令牌",
    "token_revoked": "撤销令牌",
}


def recent_lines(entries: Iterable[Entry]) -> list[str]:
    """Of a person's newest entries those about signing in, one line each: 07-01 09:30 登录（10.0.0.7）."""
    lines = []
    for entry in entries:
        if entry.kind in _WORDS:
            moment = datetime.fromisoformat(entry.at).astimezone().strftime("%m-%d %H:%M")
            place = entry.body.get("address")
            lines.append(f"{moment} {_WORDS[entry.kind]}{f'（{place}）' if place else ''}")
    return lines[:SHOWN]
