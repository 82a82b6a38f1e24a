"""Shared fixtures: the demo city, built once for all test processes, and copies of it to write in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from assistant import Assistant
from corpus.demo import build_demo

# How long one example takes says how busy the machine is, not whether the code is right.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def demo_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared demo workspace that tests must not write to."""
    base = tmp_path_factory.getbasetemp()  # of one worker under xdist, whose parent is the run's; else of the run
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "demo-city"
    root = shared / "workspace"
    shared.mkdir(exist_ok=True)
    with FileLock(shared / "lock"):
        if not (shared / "ready").exists():
            build_demo(root)
            with Assistant.open(root) as assistant:
                assistant.prepare()
            (shared / "ready").touch()
    return root


@pytest.fixture
def demo_workspace(demo_root: Path, tmp_path: Path) -> Path:
    """A copy of the demo workspace of this test's own."""
    root = tmp_path / "workspace"
    shutil.copytree(demo_root, root)
    return root


@pytest.fixture(scope="module")
def demo_assistant(demo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An open assistant over a module's own copy of the demo workspace."""
    root = tmp_path_factory.mktemp("city") / "workspace"
    shutil.copytree(demo_root, root)
    with Assistant.open(root) as assistant:
        yield assistant
