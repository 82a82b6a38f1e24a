"""The catalogue store."""

from pathlib import Path

import pytest

from corpus.catalog import Dataset
from corpus.policy import Article, PolicyDocument
from corpus.store import CatalogStore, Source
from corpus.workspace import WorkspaceError


@pytest.fixture
def store(tmp_path: Path) -> CatalogStore:
    return CatalogStore(tmp_path / "catalog.sqlite")


def source(path: str, *ids: str) -> Source:
    return Source(path=path, kind="catalog", hash="h", settings="{}", datasets=list(ids))


def test_put_counts_and_reads_back(store: CatalogStore) -> None:
    one, two = Dataset(id="b", title="乙"), Dataset(id="a", title="甲", keywords=["x"])
    assert store.put_datasets([one, two]) == (2, 0)
    assert store.put_datasets([one, two.model_copy(update={"title": "丙"})]) == (1, 1)
    assert [d.title for d in store.datasets()] == ["丙", "乙"]
    assert store.dataset("a") == two.model_copy(update={"title": "丙"})
    assert store.dataset("none") is None


def test_documents_keep_their_articles(store: CatalogStore) -> None:
    document = PolicyDocument(id="d", title="办法", articles=[Article(locator="第一条", text="文", path=["第一章"])])
    store.put_documents([document])
    assert store.documents() == [document]
    store.remove_documents(["d"])
    assert store.documents() == []


def test_version_follows_content(store: CatalogStore) -> None:
    empty = store.version()
    store.put_datasets([Dataset(id="a", title="甲")])
    full = store.version()
    store.put_datasets([Dataset(id="a", title="甲")])
    assert empty != full == store.version()
    store.remove_datasets(["a"])
    assert store.version() == empty
    with pytest.raises(ValueError, match="tables"):
        store.hashes("tables")


def test_a_source_takes_its_lost_entries_along(store: CatalogStore) -> None:
    a, b, c = (Dataset(id=key, title=key) for key in "abc")
    assert store.replace_source(source("/1", "a", "b"), [a, b]) == (2, 0, 0, 0)
    assert store.replace_source(source("/2", "b", "c"), [b, c]) == (1, 0, 1, 0)
    changed = a.model_copy(update={"summary": "x"})
    assert store.replace_source(source("/1", "a"), [changed]) == (0, 1, 0, 0)  # /2 still has b
    assert store.replace_source(source("/2", "c"), [c]) == (0, 0, 1, 1)
    assert [d.id for d in store.datasets()] == ["a", "c"]
    assert [s.path for s in store.sources()] == ["/1", "/2"]
    assert store.source("/2") == source("/2", "c")


def test_a_failed_write_leaves_nothing(store: CatalogStore) -> None:
    def failing() -> object:
        yield Dataset(id="a", title="甲")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.replace_source(source("/1", "a"), failing())  # type: ignore[arg-type]
    assert store.datasets() == []
    assert store.sources() == []


def test_unusable_files_are_one_chinese_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is no database, and long enough to be sure of it")
    with pytest.raises(WorkspaceError, match="已损坏"):
        CatalogStore(broken)
    with pytest.raises(WorkspaceError, match="无法打开"):
        CatalogStore(tmp_path / "no" / "such" / "folder.sqlite")
