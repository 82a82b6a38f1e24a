"""What a workspace holds, opened part by part: what is damaged is named, what can be made anew is made anew."""

from __future__ import annotations

from assistant.settings import Settings
from corpus.catalog import Dataset
from corpus.semantics import SemanticModel, load_semantics
from corpus.store import CatalogStore
from corpus.workspace import Workspace, WorkspaceError
from retrieval.build import Progress
from retrieval.cross import configured_reranker
from retrieval.encoder import configured_encoder
from retrieval.errors import IndexUnusable
from retrieval.index import Index
from retrieval.thesaurus import Thesaurus, load_thesaurus


def open_catalogue(workspace: Workspace) -> CatalogStore:
    """The catalogue. An empty one is as good as any, unless other files show that there was something in it."""
    path = workspace.catalog_path
    if not (path.is_file() and path.stat().st_size) and (
        workspace.index_path.exists() or workspace.warehouse_path.is_file()
    ):
        raise WorkspaceError(
            f"工作区 {workspace.root} 已损坏：数据目录 {path.name} 不见了或是空的。请从备份恢复，或删除工作区后重新生成。"
        )
    return CatalogStore(path)


def read_datasets(store: CatalogStore, workspace: Workspace) -> dict[str, Dataset]:
    """All datasets by id."""
    try:
        return {dataset.id: dataset for dataset in store.datasets()}
    except ValueError as error:
        raise WorkspaceError(
            f"数据目录 {workspace.catalog_path} 里有读不懂的条目，可能已损坏。请从备份恢复，或删除工作区后重新生成。"
        ) from error


def open_semantics(workspace: Workspace) -> SemanticModel:
    """The semantic model; its file and the warehouse are there together or not at all."""
    path, warehouse = workspace.semantics_path, workspace.warehouse_path
    if not path.is_file() and warehouse.is_file():
        raise WorkspaceError(
            f"工作区 {workspace.root} 已损坏：语义模型 {path.name} 不见了，数据表无法提问。请从备份恢复，或重新导入数据表。"
        )
    try:
        model = load_semantics(path)
    except Exception as error:
        mark = getattr(error, "problem_mark", None)
        line = f"（第{mark.line + 1}行附近）" if mark is not None else ""
        raise WorkspaceError(
            f"语义模型 {path} 无法读取{line}，可能已损坏或改错了格式。请改正，或从备份恢复后重试。"
        ) from error
    if model.tables and not warehouse.is_file():
        raise WorkspaceError(
            f"工作区 {workspace.root} 已损坏：数据仓库 {warehouse.name} 不见了。请从备份恢复，或重新导入数据表。"
        )
    return model


def open_thesaurus(workspace: Workspace) -> Thesaurus:
    """Everyday words and the official ones for them: the built-in list with the owner's own."""
    path = workspace.thesaurus_path
    try:
        return load_thesaurus(path)
    except UnicodeDecodeError as error:
        raise WorkspaceError(f"同义词表 {path} 不是 UTF-8 文本。请用 UTF-8 编码重新保存后再试。") from error
    except OSError as error:
        raise WorkspaceError(f"同义词表 {path} 无法读取。请检查它的权限后再试。") from error


def open_index(
    workspace: Workspace, store: CatalogStore, settings: Settings, progress: Progress | None = None
) -> Index:
    """The index as the settings want it; one that is absent, damaged or out of date is made anew, of the catalogue alone."""
    open_thesaurus(workspace)
    encoder = configured_encoder(settings.encoder)
    reranker = configured_reranker(settings.reranker)
    path, words, server = workspace.index_path, workspace.thesaurus_path, settings.chroma
    try:
        index = Index.open(path, store, encoder=encoder, thesaurus=words, reranker=reranker, server=server)
        if index.is_current():
            return index
    except IndexUnusable:
        pass
    return Index.build(store, path, progress, encoder=encoder, thesaurus=words, reranker=reranker, server=server)
