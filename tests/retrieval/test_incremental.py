"""An index that follows its catalogue: what is indexed again, what readers see meanwhile, and what an interruption leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.catalog import Dataset
from corpus.policy import Article, PolicyDocument
from corpus.store import CatalogStore
from retrieval.encoder import Vectors
from retrieval.index import Index
from retrieval.static import SHIPPED, StaticEncoder

TOPICS = ["学校", "医院", "河流水位", "公交线路", "烟花许可", "人口统计", "房屋销售", "图书馆", "养老机构", "停车场"]
PLACES = ["云澜市", "东川县", "平果市", "清江区", "安陵县", "海宁市"]


def entry(key: str, title: str, summary: str = "") -> Dataset:
    return Dataset(id=key, title=title, summary=summary or f"{title}的名录和明细", publisher=f"{title[:3]}大数据局")


MANY = [entry(f"d{p}-{t}", place + topic) for p, place in enumerate(PLACES) for t, topic in enumerate(TOPICS)]
LAW = PolicyDocument(
    id="law",
    title="数据共享办法",
    articles=[
        Article(locator="第一条", text="第一条 为了促进数据共享，制定本办法。"),
        Article(locator="第二条", text="第二条 提供部门应当在十个工作日内答复共享申请。"),
    ],
)


class Counting(StaticEncoder):
    """The shipped encoder, which notes how many texts it was given."""

    texts = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return super().encode(texts)


@pytest.fixture
def store(tmp_path: Path) -> CatalogStore:
    store = CatalogStore(tmp_path / "catalog.sqlite")
    store.put_datasets(MANY)
    store.put_documents([LAW])
    return store


def ids(index: Index, question: str, top: int = 20) -> set[str]:
    return {hit.id for hit in index.datasets(question, top)}


def test_only_what_changed_is_indexed_again(store: CatalogStore, tmp_path: Path) -> None:
    encoder = Counting(SHIPPED)
    before = Index.build(store, tmp_path / "index", encoder=encoder)
    assert encoder.texts == len(MANY) + len(LAW.articles)
    encoder.texts = 0
    store.put_datasets([entry("d0-0", "云澜市极光观测站"), entry("new", "云澜市陨石收藏")])
    store.remove_datasets(["d1-1"])
    assert not before.is_current()
    after = Index.build(store, tmp_path / "index", encoder=encoder)
    assert encoder.texts == 2
    assert after.is_current() and after.version != before.version
    assert after.datasets("极光观测")[0].id == "d0-0" and after.datasets("陨石收藏")[0].id == "new"
    assert "d0-0" not in ids(after, "云澜市学校", 3)
    assert after.manifest["counts"] == {"dataset": len(MANY), "article": 2}


@pytest.mark.parametrize("warm", [False, True], ids=["exact", "chroma"])
def test_what_was_deleted_is_found_no_more(store: CatalogStore, tmp_path: Path, warm: bool) -> None:
    Index.build(store, tmp_path / "index")
    store.remove_datasets(["d1-1", "d1-2"])
    store.put_documents([LAW.model_copy(update={"articles": LAW.articles[:1]})])
    after = Index.build(store, tmp_path / "index")
    if warm:
        after.warm().join()
        assert not after.faults()
    for question in ("东川县医院", "东川县河流水位", "医院", "东川县"):
        assert not ids(after, question, 60) & {"d1-1", "d1-2"}
    assert [hit.locator for hit in after.articles("十个工作日内答复共享申请")] in ([], ["第一条"])
    assert "p:东川县" in after._facets.counts and after._facets.counts["p:东川县"] == len(TOPICS) - 2


def test_nothing_new_leaves_the_version_as_it_is(store: CatalogStore, tmp_path: Path) -> None:
    before = Index.build(store, tmp_path / "index")
    assert Index.build(store, tmp_path / "index").version == before.version


def test_many_changes_build_it_anew(store: CatalogStore, tmp_path: Path) -> None:
    assert Index.build(store, tmp_path / "index").manifest["drift"] == 0
    store.put_datasets([entry("new", "云澜市陨石收藏")])
    assert Index.build(store, tmp_path / "index").manifest["drift"] == 1
    store.put_datasets([entry(f"n{n}", f"云澜市第{n}批荣誉名单") for n in range(30)])
    assert Index.build(store, tmp_path / "index").manifest["drift"] == 0


def test_another_word_list_builds_it_anew(store: CatalogStore, tmp_path: Path) -> None:
    Index.build(store, tmp_path / "index")
    words = tmp_path / "own.tsv"
    words.write_text("瞧大夫\t医院\n", "utf-8")
    assert not Index.open(tmp_path / "index", store, thesaurus=words).is_current()
    after = Index.build(store, tmp_path / "index", thesaurus=words)
    assert after.is_current() and "医院" in after.datasets("瞧大夫")[0].title


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(
        st.tuples(st.sampled_from(["put", "remove"]), st.integers(0, 70), st.sampled_from(TOPICS)),
        min_size=1,
        max_size=6,
    )
)
def test_an_updated_index_finds_what_a_new_one_finds(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("edits")
    store = CatalogStore(folder / "catalog.sqlite")
    store.put_datasets(MANY)
    Index.build(store, folder / "index")
    for action, number, topic in edits:
        key = MANY[number].id if number < len(MANY) else f"new{number}"
        if action == "put":
            store.put_datasets([entry(key, f"{PLACES[number % 6]}{topic}", f"{topic}更正{number}")])
        else:
            store.remove_datasets([key])
    updated, fresh = Index.build(store, folder / "index"), Index.build(store, folder / "fresh")
    assert updated.manifest["counts"] == fresh.manifest["counts"]
    assert updated.manifest["vectors"] == fresh.manifest["vectors"]
    assert updated._facets.counts == fresh._facets.counts
    for topic in TOPICS:
        assert ids(updated, topic, 5) <= set(store.hashes("dataset"))
        assert {store.dataset(key).title for key in ids(updated, f"云澜市{topic}", 1)} == {  # type: ignore[union-attr]
            store.dataset(key).title  # type: ignore[union-attr]
            for key in ids(fresh, f"云澜市{topic}", 1)
        }


@pytest.mark.parametrize("share", [0.0, 0.3, 0.95])
def test_a_killed_build_leaves_the_version_before(store: CatalogStore, tmp_path: Path, share: float) -> None:
    before = Index.build(store, tmp_path / "index")
    store.put_datasets([entry("new", "云澜市陨石收藏")])
    code = (
        "import os, signal; from pathlib import Path; from corpus.store import CatalogStore; from retrieval.index import Index\n"
        f"root = Path({str(tmp_path)!r})\n"
        f"die = lambda stage, share: os.kill(os.getpid(), signal.SIGKILL) if share >= {share} else None\n"
        "Index.build(CatalogStore(root / 'catalog.sqlite'), root / 'index', die)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == -signal.SIGKILL
    still = Index.open(tmp_path / "index", store)
    assert still.version == before.version and not still.is_current()
    assert still.datasets("东川县医院")[0].id == "d1-1" and "new" not in ids(still, "陨石收藏")
    after = Index.build(store, tmp_path / "index")
    assert after.is_current() and after.datasets("陨石收藏")[0].id == "new"
    assert not list((tmp_path / "index").glob(".building-*"))


def test_readers_are_not_disturbed_while_versions_come_and_go(store: CatalogStore, tmp_path: Path) -> None:
    first = Index.build(store, tmp_path / "index")
    first.warm().join()
    stop = threading.Event()
    troubles: list[BaseException] = []

    def read() -> None:
        while not stop.is_set():
            try:
                assert first.datasets("东川县医院")[0].id == "d1-1"
                newest = Index.open(tmp_path / "index", store)
                assert newest.datasets("云澜市河流水位")[0].id == "d0-2"
                stop.wait(0.05)
            except BaseException as error:
                troubles.append(error)
                return

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(3):
        store.put_datasets([entry("d1-1", f"东川县第{number}陨石馆")])
        Index.build(store, tmp_path / "index")
    stop.set()
    reader.join()
    assert not troubles
    assert len(list((tmp_path / "index").glob("v-*"))) == 2
    assert not (tmp_path / "index" / first.version).exists() and first.datasets("东川县医院")[0].id == "d1-1"


def test_two_builders_take_turns(store: CatalogStore, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from corpus.store import CatalogStore; from retrieval.index import Index\n"
        f"root = Path({str(tmp_path)!r})\n"
        "print(Index.build(CatalogStore(root / 'catalog.sqlite'), root / 'index').version)"
    )
    both = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {process.communicate()[0].strip() for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert said == {Index.open(tmp_path / "index", store).version}


@pytest.mark.parametrize(
    "name",
    [
        "dataset/records.sqlite",
        "dataset/vectors.npy",
        "article/owners.npy",
        "facets.json",
        "words.txt",
        "lexical",
        "chroma",
    ],
)
def test_bytes_that_changed_on_disk_are_noticed_by_the_next_build(
    store: CatalogStore, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "index" / Index.build(store, tmp_path / "index").version
    if name == "lexical":
        path = next((folder / "dataset" / "lexical").glob("*.idx"))
    elif name == "chroma":
        path = folder / "chroma" / "chroma.sqlite3"
        path.write_bytes(b"broken" * 1000)
    else:
        path = folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x55
    path.unlink()
    path.write_bytes(bytes(content))
    store.put_datasets([entry("new", "云澜市陨石收藏")])
    after = Index.build(store, tmp_path / "index")
    assert after.manifest["drift"] == 0 and after.datasets("陨石收藏")[0].id == "new"
    after.warm().join()
    assert not after.faults() and after.datasets("东川县医院")[0].id == "d1-1"


def test_a_vector_file_that_was_cut_makes_the_index_out_of_date(store: CatalogStore, tmp_path: Path) -> None:
    many = [entry(f"m{n}", f"{PLACES[n % 6]}第{n}批{TOPICS[n % 10]}") for n in range(300)]
    store.put_datasets(many)
    folder = tmp_path / "index" / Index.build(store, tmp_path / "index").version
    files = [path for path in (folder / "chroma").rglob("*.bin") if path.stat().st_size]
    if not files:
        pytest.skip("Chroma wrote no graph for so few vectors")
    os.truncate(files[0], files[0].stat().st_size // 2)
    cut = Index.open(tmp_path / "index", store)
    assert cut.datasets("东川县医院") and cut.faults() and not cut.is_current()
    assert Index.build(store, tmp_path / "index").is_current()


def test_no_room_for_the_index_is_said_and_the_old_one_stays(store: CatalogStore, tmp_path: Path) -> None:
    before = Index.build(store, tmp_path / "index")
    store.put_datasets([entry("new", "云澜市陨石收藏")])
    code = (
        "import resource; from pathlib import Path; from corpus.store import CatalogStore; from retrieval.index import Index, IndexUnusable\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"root = Path({str(tmp_path)!r}); resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "try: Index.build(CatalogStore(root / 'catalog.sqlite'), root / 'index')\n"
        "except IndexUnusable as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "磁盘空间" in done.stdout, done.stderr
    assert Index.open(tmp_path / "index", store).version == before.version
    assert not list((tmp_path / "index").glob(".building-*"))
