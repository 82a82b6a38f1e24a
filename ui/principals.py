"""Whose eyes an answer is for. Without a sign-in everyone is the public; a demo workspace lets one try other roles."""

from __future__ import annotations

from dataclasses import dataclass

from tools.rights import DEMO_USERS

PUBLIC = "citizen"


@dataclass(frozen=True)
class Principals:
    """Who may be asked for. `demo` is decided by the workspace, never by a request."""

    demo: bool

    def resolve(self, asked: str | None) -> str:
        """The principal to use. Outside a demo workspace, and for unknown names, that is the public."""
        return asked if self.demo and asked in DEMO_USERS else PUBLIC

    def link_value(self, principal: str) -> str:
        """What a link must carry in `as` to mean the same principal; nothing for the public."""
        return principal if self.demo and principal != PUBLIC else ""

    def choices(self) -> list[tuple[str, str]]:
        """What the demo's role switch offers: (shown, name)."""
        return [(user.name, name) for name, user in DEMO_USERS.items()]
