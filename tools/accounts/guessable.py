"""How much of a password is more than what everyone tries first: rows of keys, runs, the usual words, years."""

from __future__ import annotations

import re

# Rows of a keyboard, the alphabet and the digits, read either way; a run of three or more of them is no secret.
_ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
    "!@#$%^&*()",
)
_RUN = 3
_WORDS = re.compile(
    r"p[a@4]ss(?:w[o0]rd|wd)?|adm[i1]n(?:istrator)?|r[o0]{2}t|welcome|letme[i1]n|h[e3]ll[o0]|iloveyou|monkey|dragon"
    r"|woaini|wo?shi|mima|zhengwen|zhengfu|zhengwu|test|user|guest|china|5201?314|(?:19|20)\d\d|密码|管理员|政问|政务|政府|测试"
)
_REPEATED = re.compile(r"(.)\1{2,}")


def unguessable(text: str) -> str:
    """What is left of a password without its guessable parts. Upper and lower case count as the same."""
    left = _WORDS.sub("", text.casefold())
    left = _REPEATED.sub(r"\1", left)
    return "".join(left[i] for i in range(len(left)) if not _in_run(left, i))


def _in_run(text: str, at: int) -> bool:
    """Whether the character at `at` belongs to a run of some row."""
    for start in range(max(0, at - _RUN + 1), min(at, len(text) - _RUN) + 1):
        part = text[start : start + _RUN]
        if any(part in row or part in row[::-1] for row in _ROWS):
            return True
    return False
