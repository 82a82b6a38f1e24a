"""Reads `rights.yaml` of a workspace. What it does not say is as in the package's own policy; what it says wrongly is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from corpus.workspace import WorkspaceError
from tools.rights.policy import DEFAULT_FILE, Policy, default_policy

FILE = "rights.yaml"
LARGEST = 1 << 20  # bytes
ROLE_NAME = re.compile(r"[\w-]{1,40}")
MERGED = ("masks", "roles", "tables")  # parts whose entries are put over the default's, one by one
PLAIN = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项设置，请检查拼写",
    "int_parsing": "应当是整数",
    "int_type": "应当是整数",
    "bool_parsing": "应当是 true 或 false",
    "string_type": "应当是文字",
    "string_too_short": "不能为空",
    "too_short": "不能为空",
    "dict_type": "应当是“名称: 内容”的形式",
    "model_type": "应当是“名称: 内容”的形式",
    "tuple_type": "应当是列表",
}


class PolicyError(WorkspaceError):
    """The policy file cannot be used; the message says in Chinese which file, which line, which field, and what is wrong."""


def policy_path(root: Path) -> Path:
    return root / FILE


def load_policy(root: Path) -> Policy:
    """The policy of the workspace at `root`: its `rights.yaml` over the default. PolicyError when the file is wrong."""
    path = policy_path(root)
    try:
        if not path.exists():
            return default_policy()
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyError(f"权限规则文件 {path} 不是 UTF-8 编码。请另存为 UTF-8 后再试。") from error
    except OSError as error:
        raise PolicyError(f"读不到权限规则文件 {path}：{error.strerror}。请检查文件权限。") from error
    if len(data) > LARGEST:
        raise PolicyError(f"权限规则文件 {path} 超过 1 MB，不像是权限规则。")
    return read_policy(text, str(path))


def read_policy(text: str, name: str) -> Policy:
    """A policy from YAML text; `name` is what messages call it."""
    node, given = _parsed(text, name)
    try:
        return Policy.model_validate(_merged(given, node, name))
    except ValidationError as error:
        first = error.errors()[0]
        where = [part for part in first["loc"] if not _inner(part)]
        raise _wrong(name, node, where, _said(first)) from error
    except RecursionError as error:
        raise PolicyError(f"权限规则文件 {name} 的内容套得太深。") from error


def _parsed(text: str, name: str) -> tuple[yaml.Node | None, dict[str, Any]]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        twice = next(_twice(node), None)
        given = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"第 {mark.line + 1} 行附近" if mark is not None else ""
        raise PolicyError(f"权限规则文件 {name} {line}格式不对。请检查缩进、冒号后的空格和引号。") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise PolicyError(f"权限规则文件 {name} 格式不对，无法读取。") from error
    if twice is not None:
        raise PolicyError(
            f"权限规则文件 {name} 第 {twice.start_mark.line + 1} 行：“{twice.value}”写了两次，请只留一处。"
        )
    if given is None:
        return node, {}
    if not isinstance(given, dict):
        raise PolicyError(f"权限规则文件 {name} 第 1 行：应当是“名称: 内容”的形式。")
    return node, given


def _twice(root: yaml.Node | None) -> Iterator[yaml.Node]:
    """Keys that stand twice in one mapping, of which YAML would silently take the last."""
    stack, done = [root], set()
    while stack:
        node = stack.pop()
        if node is None or id(node) in done:
            continue
        done.add(id(node))
        if isinstance(node, yaml.MappingNode):
            names = set()
            for key, value in node.value:
                if str(key.value) in names:
                    yield key
                names.add(str(key.value))
                stack.append(value)
        elif isinstance(node, yaml.SequenceNode):
            stack.extend(node.value)


def _merged(given: dict[str, Any], node: yaml.Node | None, name: str) -> dict[str, Any]:
    """The default with what is given put over it. A role is replaced as a whole; `like` appends another role's rules."""
    whole: dict[str, Any] = yaml.safe_load(DEFAULT_FILE.read_text("utf-8"))
    for key, value in given.items():
        if key in MERGED and isinstance(value, dict):
            whole[key] = {**whole.get(key, {}), **value}
        else:
            whole[key] = value
    roles = whole["roles"]
    if isinstance(roles, dict):
        whole["roles"] = {role: _with_like(role, roles, node, name) for role in roles}
    return whole


def _with_like(role: Any, roles: dict[Any, Any], node: yaml.Node | None, name: str) -> Any:
    if not isinstance(role, str) or not ROLE_NAME.fullmatch(role):
        raise _wrong(name, node, ["roles", role], "角色的名称只能用文字、数字、下划线和连字符，最多 40 个字")
    described = roles[role]
    if not isinstance(described, dict) or "like" not in described:
        return described
    model = described["like"]
    if not isinstance(model, str) or not isinstance(roles.get(model), dict) or model == role or "like" in roles[model]:
        raise _wrong(name, node, ["roles", role, "like"], f"“{model}”应当是另一个直接写明规则的角色")
    own = described.get("rules", [])
    inherited = {key: value for key, value in roles[model].items() if key != "rules"}
    rest = {key: value for key, value in described.items() if key not in ("like", "rules")}
    rules = [*own, *(roles[model].get("rules") or [])] if isinstance(own, list) else own
    return {**inherited, **rest, "rules": rules}


def _wrong(name: str, node: yaml.Node | None, where: list[Any], what: str) -> PolicyError:
    field = "".join(f" 第 {part + 1} 条" if isinstance(part, int) else f" › {part}" for part in where).removeprefix(
        " › "
    )
    return PolicyError(f"权限规则文件 {name} 第 {_line(node, where)} 行（{field or '全文'}）：{what}。")


def _line(node: yaml.Node | None, where: list[Any]) -> int:
    """The line of the deepest part of `where` that the file has."""
    line = node.start_mark.line + 1 if node is not None else 1
    for part in where:
        following: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if str(key.value) == str(part):
                    following, line = value, key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            following = node.value[part]
            line = following.start_mark.line + 1
        if following is None:
            break
        node = following
    return line


def _inner(part: int | str) -> bool:
    """Whether a step of an error's place is pydantic's own name for a branch, which no file contains."""
    return isinstance(part, str) and "[" in part


def _said(error: ErrorDetails) -> str:
    context: Mapping[str, Any] = error.get("ctx") or {}
    kind = error["type"]
    if kind in ("enum", "literal_error"):
        expected = str(context.get("expected", "")).replace(" or ", "、").replace(", ", "、").replace("'", "")
        return f"不能是“{_short(error['input'])}”，可用的有：{expected}"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        return f"不能{'小于' if kind == 'greater_than_equal' else '大于'} {bound}"
    if kind == "value_error":
        return str(context.get("error", "内容不对"))
    return PLAIN.get(kind, f"“{_short(error['input'])}”不对")


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"
