"""npm's oidc-provider on loopback: installed once into a cache folder, started by the test that needs it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

SOURCE = Path(__file__).parent / "identity_provider"
INSTALL_SECONDS = 120


def installed() -> Path:
    """A folder with the provider and its packages. The test is skipped, visibly, without node, npm or a registry."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("没有找到 node 和 npm：请安装 Node.js 20 以上后再运行统一身份认证的测试")
    key = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(SOURCE.iterdir()) if path.is_file())).hexdigest()
    folder = Path(tempfile.gettempdir()) / f"zhengwen-identity-provider-{os.getuid()}-{key[:12]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with FileLock(folder / "lock"):
        if not (folder / "ready").exists():
            for path in SOURCE.iterdir():
                shutil.copy(path, folder)
            command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
            try:
                subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=INSTALL_SECONDS)
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError):
                pytest.skip("npm 现在装不上 oidc-provider（没有网络或软件源），统一身份认证的测试没有运行")
            (folder / "ready").touch()
    return folder


@contextmanager
def identity_provider(people: Mapping[str, Mapping[str, Any]], *, secret: str, back: str) -> Iterator[str]:
    """The provider's address. people: claims by login; any password is right. back: where our service will be."""
    folder = installed()
    settings = json.dumps({"people": people, "secret": secret, "back": back})
    with subprocess.Popen(
        ["node", str(folder / "provider.mjs"), settings],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "NODE_ENV": "test"},
    ) as process:
        try:
            assert process.stdout is not None
            address = next((line.strip() for line in process.stdout if line.startswith("http://")), "")
            assert address, "the identity provider did not start"
            yield address
        finally:
            process.kill()
