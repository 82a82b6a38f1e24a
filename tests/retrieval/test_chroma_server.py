"""Vectors on a real Chroma server that the test starts on the loopback interface."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.catalog import Dataset
from corpus.policy import Article, PolicyDocument
from corpus.store import CatalogStore
from retrieval.chroma import open_client
from retrieval.index import Index, IndexUnusable

TOPICS = [
    "学校名录",
    "医院名录",
    "河湖水情",
    "空气质量",
    "公交线路",
    "停车场",
    "养老机构",
    "图书馆",
    "药店",
    "公园绿地",
]
TOPICS += [f"第{n}类统计年报" for n in range(10)]


class Server:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(self.folder)]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(self.url)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    if not Path(sys.executable).with_name("chroma").is_file():
        pytest.skip("the chroma command is not installed")
    server = Server(tmp_path / "server")
    server.start()
    yield server
    server.stop()


def _store(folder: Path) -> CatalogStore:
    store = CatalogStore(folder / "catalog.sqlite")
    store.put_datasets(Dataset(id=f"d{n}", title=topic, summary=f"{topic}的基本信息") for n, topic in enumerate(TOPICS))
    store.put_documents(
        [PolicyDocument(id="law", title="条例", articles=[Article(locator="第一条", text="数据应当公开。")])]
    )
    return store


def _collections(server: Server) -> dict[str, int]:
    client = open_client(server.url)
    return {c.name: client.get_collection(c.name, embedding_function=None).count() for c in client.list_collections()}


def test_an_index_lives_on_the_server_through_changes(server: Server, tmp_path: Path) -> None:
    store = _store(tmp_path)
    index = Index.build(store, tmp_path / "index", server=server.url)
    names = _collections(server)
    assert sorted(names.values()) == [1, len(TOPICS)]
    assert not (tmp_path / "index" / index.version / "chroma").exists()
    index.warm().join()
    assert index.datasets("看病的地方")[0].id == "d1"

    local = Index.build(store, tmp_path / "local")
    for question in ("养老院在哪", "坐车", "水的质量"):
        assert index.datasets(question) == local.datasets(question)

    store.put_datasets([Dataset(id="d2", title="地下水监测"), Dataset(id="new", title="天文台开放时间")])
    store.remove_datasets(["d3"])
    changed = Index.build(store, tmp_path / "index", server=server.url)
    assert changed.version != index.version
    assert _collections(server).keys() == names.keys()  # gone on from, not made anew
    assert sum(_collections(server).values()) == len(TOPICS) + 1
    changed.warm().join()
    assert changed.datasets("天文台")[0].id == "new"
    assert "d3" not in {hit.id for hit in changed.datasets("空气质量", 20)}
    assert changed.faults() == []


def test_collections_of_older_versions_go_and_those_of_others_stay(server: Server, tmp_path: Path) -> None:
    store = _store(tmp_path)
    open_client(server.url).create_collection("zhengwen-other-1-dataset", embedding_function=None)
    Index.build(store, tmp_path / "index", server=server.url)
    words = tmp_path / "words.tsv"
    for number in range(3):  # another word list calls for a new index each time
        words.write_text(f"词{number}甲\t词{number}乙\n", "utf-8")
        Index.build(store, tmp_path / "index", server=server.url, thesaurus=words)
    names = _collections(server)
    assert "zhengwen-other-1-dataset" in names
    assert len(names) == 1 + 2 * 2  # the version in use and the one before


def test_a_lost_collection_is_made_anew(server: Server, tmp_path: Path) -> None:
    store = _store(tmp_path)
    index = Index.build(store, tmp_path / "index", server=server.url)
    open_client(server.url).delete_collection(index.manifest["collections"]["dataset"])
    again = Index.build(store, tmp_path / "index", server=server.url)
    again.warm().join()
    assert again.faults() == [] and again.datasets("看病的地方")[0].id == "d1"


def test_without_the_server_vectors_are_compared_one_by_one_and_building_says_why(
    server: Server, tmp_path: Path
) -> None:
    store = _store(tmp_path)
    index = Index.build(store, tmp_path / "index", server=server.url)
    index.warm().join()
    server.stop()
    assert index.datasets("看病的地方")[0].id == "d1"
    assert server.url in index.faults()[0]
    assert Index.open(tmp_path / "index", store, server=server.url).datasets("看病的地方")[0].id == "d1"
    store.put_datasets([Dataset(id="new", title="天文台开放时间")])
    with pytest.raises(IndexUnusable, match="向量库服务"):
        Index.build(store, tmp_path / "index", server=server.url)
    assert Index.open(tmp_path / "index", store, server=server.url).datasets("看病的地方")[0].id == "d1"


def test_another_place_for_the_vectors_calls_for_a_new_index(server: Server, tmp_path: Path) -> None:
    store = _store(tmp_path)
    Index.build(store, tmp_path / "index")
    with pytest.raises(IndexUnusable, match="另一个向量库"):
        Index.open(tmp_path / "index", store, server=server.url)
    Index.build(store, tmp_path / "index", server=server.url)
    with pytest.raises(IndexUnusable, match="另一个向量库"):
        Index.open(tmp_path / "index", store)
