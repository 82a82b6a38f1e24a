"""The work of `zhengwen ingest`: take the files in, then index what changed."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from corpus.catalog import OpeningClass
from corpus.ingest import IngestError, IngestReport, ingest, load_mapping
from corpus.ingest.report import KIND_LABELS, Kind
from corpus.store import CatalogStore
from corpus.workspace import Workspace


def _kind(text: str | None) -> Kind | None:
    for kind in get_args(Kind):
        if text in (kind, KIND_LABELS[kind]):
            return kind  # type: ignore[no-any-return]
    if text is None:
        return None
    raise IngestError(f"--kind 不能是「{text}」，可用：catalog、policy、table。")


def _opening(text: str | None) -> OpeningClass | None:
    if text is None:
        return None
    for value in OpeningClass:
        if text in (value.value, value.label):
            return value
    raise IngestError(f"--opening 不能是「{text}」，可用：open、conditional、closed。")


def take_in(
    paths: list[Path],
    root: Path,
    kind: str | None,
    mapping: Path | None,
    opening: str | None,
    dry_run: bool,
    *,
    quiet: bool,
) -> IngestReport:
    """Ingest and index; IngestError and WorkspaceError say in Chinese what is wrong."""
    wanted, class_ = _kind(kind), _opening(opening)
    fields = load_mapping(mapping) if mapping is not None else None
    fresh = not (root / "workspace.json").exists()
    if fresh and not any(path.exists() for path in paths):
        raise IngestError(f"{'、'.join(map(str, paths))} 不存在，请检查路径。")
    workspace = Workspace.create(root)
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    ) as bar:
        task = bar.add_task("导入", total=1.0)

        def say(text: str, share: float) -> None:
            bar.update(task, description=text, completed=share)

        report = ingest(paths, workspace, kind=wanted, mapping=fields, opening=class_, dry_run=dry_run, progress=say)
        if not dry_run and (report.changed or not workspace.index_path.exists()) and workspace.catalog_path.exists():
            from assistant.opening import open_index  # loads models: only when there is something to index
            from assistant.settings import load_settings

            bar.update(task, description="建立索引", completed=0.0)
            store = CatalogStore(workspace.catalog_path)
            open_index(workspace, store, load_settings(workspace), lambda _stage, share: say("建立索引", share))
    return report
