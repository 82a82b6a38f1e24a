"""What `zhengwen doctor` says of accounts and sign-in. The identity provider is not spoken to."""

from __future__ import annotations

from pathlib import Path

from ui.cli.people import accounts_of


def accounts_state(root: Path) -> tuple[bool, str]:
    """Whether people can sign in as the settings mean it, and a line that says so."""
    from assistant.settings import load_settings
    from corpus.workspace import Workspace
    from ui.signin.provider import settings_problem

    workspace = Workspace.open(root)
    settings = load_settings(workspace)
    with accounts_of(root) as accounts:
        users = accounts.users.all()
        problem = settings_problem(settings, accounts.users.roles)
    if problem:
        return False, problem.rstrip("。")
    waiting = sum(user.must_change and user.active for user in users)
    parts = [f"{len(users)} 个账号" if users else "还没有账号"]
    parts += [f"{waiting} 个还没有修改初始密码"] if waiting else []
    parts += [f"统一身份认证 {settings.oidc_issuer}"] if settings.oidc_issuer else []
    parts.append("不登录可用公众身份" if settings.public else "必须登录")
    if workspace.manifest().get("kind") == "demo":
        parts.append("演示身份可以随意切换，不要对外提供")
    elif not settings.public and not settings.oidc_issuer and not any(user.active for user in users):
        return False, "必须登录，但没有可用的账号；用 zhengwen users add 建立，或 users enable 启用"
    return True, "，".join(parts)
