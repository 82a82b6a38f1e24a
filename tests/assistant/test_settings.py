"""Settings: where they come from, which wins, and what is said of a wrong one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.settings import Settings, load_settings
from corpus.workspace import Workspace, WorkspaceError


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ZHENGWEN_{name.upper()}", raising=False)
    return Workspace.create(tmp_path / "ws")


def test_nothing_set_calls_nothing(workspace: Workspace) -> None:
    settings = load_settings(workspace)
    assert (settings.model, settings.encoder, settings.model_key) == ("", "", "")
    assert settings.today is None


def test_the_environment_wins_over_the_file(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.settings_path.write_text('city = "甲市"\nmax_rows = 10\ntoday = 2026-07-01\n', "utf-8")
    monkeypatch.setenv("ZHENGWEN_MAX_ROWS", "20")
    settings = load_settings(workspace)
    assert (settings.city, settings.max_rows, settings.today) == ("甲市", 20, date(2026, 7, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('today = "明天"', "today 的值不对：要写成日期"),
        ("max_rows = 0", "max_rows 的值不对：不能小于1"),
        ("max_rows = 1000000", "不能大于100000"),
        ('max_rows = "很多"', "要写成整数"),
        ("query_timeout_s = 0", "要大于0"),
        ("city = 3", "要写成带引号的文字"),
        ("maxrows = 10", "不认识的设置项“maxrows”，是不是想写“max_rows”"),
        ("zzz = 10", "不认识的设置项“zzz”。"),
        ('city = "甲市', "写法不对（TOML 格式"),
        ("\n\ncity = 甲市", "第3行写法不对"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_should_be(workspace: Workspace, text: str, said: str) -> None:
    workspace.settings_path.write_text(text, "utf-8")
    with pytest.raises(WorkspaceError) as error:
        load_settings(workspace)
    message = str(error.value)
    assert said in message
    assert str(workspace.settings_path) in message
    assert message.endswith("。")


def test_a_wrong_variable_is_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGWEN_MAX_ROWS", "x")
    with pytest.raises(WorkspaceError, match="环境变量 ZHENGWEN_MAX_ROWS 的值不对：要写成整数"):
        load_settings(workspace)


def test_a_file_that_is_no_text_is_named(workspace: Workspace) -> None:
    workspace.settings_path.write_bytes(bytes(range(128, 256)))
    with pytest.raises(WorkspaceError, match="不是 UTF-8 文本"):
        load_settings(workspace)


def test_every_setting_says_what_it_is_for() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
