"""The workspace's secret for masks that join: without it a code can neither be turned back nor guessed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from pathlib import Path

from corpus.workspace import Workspace, WorkspaceError

FILE = "masks.key"
FORM = re.compile(r"[0-9a-f]{64}")


def mask_key(workspace: Workspace) -> str:
    """64 hexadecimal digits, made when first needed and readable by the owner alone.

    WorkspaceError when the file is there and is no key: a new one would silently change every code.
    """
    path = workspace.root / FILE
    try:
        if not path.exists():
            _make(path)
        text = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"读不到脱敏密钥 {path}。请检查文件权限，或从备份恢复。") from error
    if not FORM.fullmatch(text):
        raise WorkspaceError(f"脱敏密钥 {path} 的内容不对。请从备份恢复；删除它会换用新密钥，原有的关联代码随之改变。")
    return text


def fingerprint(key: str) -> str:
    """Tells keys apart and gives nothing of them away."""
    return hashlib.sha256(f"fingerprint {key}".encode()).hexdigest()[:16]


def _make(path: Path) -> None:
    """Write a new key in one step; where two processes try at once, the first one's stays."""
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(partial, path)
    finally:
        partial.unlink(missing_ok=True)
