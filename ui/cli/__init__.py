"""The command `zhengwen`. Each command is one file and imports what it needs when it runs, so that a start is quick."""

from ui.cli.app import main

__all__ = ["main"]
