"""REST over a real port."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from scripted_assistant import ScriptedAssistant
from web_site import Site, running

from assistant.outcome import OUTCOME
from ui.server import ServeError, serve


@pytest.fixture
def client(site: Site):  # type: ignore[no-untyped-def]
    with httpx.Client(base_url=site.url, timeout=20, trust_env=False) as made:
        yield made


def ask(client: httpx.Client, question: str, **more: str) -> httpx.Response:
    return client.post("/api/ask", json={"question": question, **more})


def test_health_says_whether_this_is_a_demo(client: httpx.Client) -> None:
    assert client.get("/api/health").json()["demo"] is True


@pytest.mark.parametrize(
    ("question", "kind"),
    [("各区学校", "answer"), ("各区教师", "clarify"), ("参保人员", "refuse"), ("申请共享参保", "draft")],
)
def test_each_kind_of_outcome_comes_back_as_its_schema(client: httpx.Client, question: str, kind: str) -> None:
    reply = ask(client, question)
    assert reply.status_code == 200
    assert OUTCOME.validate_python(reply.json()).kind == kind


def test_a_conversation_goes_on_and_is_kept(client: httpx.Client) -> None:
    first = ask(client, "各区学校").json()
    second = ask(client, "近九年变化", conversation=first["conversation"]).json()
    turns = client.get(f"/api/conversations/{first['conversation']}").json()["turns"]
    assert [t["id"] for t in turns] == [first["id"], second["id"]]


def test_steps_are_streamed_before_the_outcome(client: httpx.Client) -> None:
    with client.stream("POST", "/api/ask/stream", json={"question": "各区学校"}) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in reply.iter_lines() if line]
    events = [line.removeprefix("event: ") for line in lines if line.startswith("event:")]
    data = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data:")]
    assert events == ["step"] * (len(events) - 1) + ["outcome"]
    assert data[0]["title"] == "理解问题"
    assert OUTCOME.validate_python(data[-1]).kind == "answer"


def test_a_failure_inside_tells_nothing_but_a_number(client: httpx.Client) -> None:
    with client.stream("POST", "/api/ask/stream", json={"question": "故障"}) as reply:
        text = reply.read().decode()
    assert "event: error" in text
    assert "secret" not in text
    answer = ask(client, "故障")
    assert answer.status_code == 500
    assert "编号" in answer.json()["error"]["message"]
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, ["question", "缺少这一项"]),
        ({"question": 7}, ["question", "应当是文字"]),
        ({"question": "问", "多余": 1}, ["没有这一项"]),
        ({"question": "长" * 20001}, ["太长", "20000"]),
    ],
)
def test_bad_requests_are_explained_in_chinese(client: httpx.Client, body: dict[str, object], words: list[str]) -> None:
    reply = client.post("/api/ask", json=body)
    assert reply.status_code == 422
    message = reply.json()["error"]["message"]
    assert all(word in message for word in words)


def test_broken_json_large_bodies_and_unknown_places(client: httpx.Client) -> None:
    broken = client.post("/api/ask", content="{", headers={"content-type": "application/json"})
    assert (broken.status_code, "JSON" in broken.json()["error"]["message"]) == (422, True)
    large = client.post("/api/ask", content=b"x" * 300_000)
    assert large.status_code == 413
    assert client.post("/api/ask", content=iter([b"{}"])).status_code == 411
    for path in ("/api/nothing", "/api/conversations/none", "/api/conversations/none/export"):
        reply = client.get(path)
        assert reply.status_code == 404
        assert reply.json()["error"]["message"].endswith("。")


def test_search_is_bounded(client: httpx.Client) -> None:
    hits = client.get("/api/search/datasets", params={"q": "学校", "top": 1}).json()["hits"]
    assert [h["id"] for h in hits] == ["DS-EDU-001"]
    assert client.get("/api/search/policies", params={"q": "申请"}).json()["hits"][0]["locator"] == "第二十条"
    assert client.get("/api/search/datasets", params={"q": "学校", "top": 1000}).status_code == 422


def test_the_description_holds_the_outcome_schema(client: httpx.Client) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert {"Answer", "Clarify", "Refuse", "Draft", "Citation", "ErrorReply"} <= set(schemas)


def test_downloads(client: httpx.Client) -> None:
    turn = ask(client, "各区学校").json()
    base = f"/api/conversations/{turn['conversation']}"
    table = f"{base}/turns/{turn['id']}/table"
    csv = client.get(table, params={"format": "csv"})
    assert csv.headers["content-disposition"] == 'attachment; filename="zhengwen-table.csv"'
    assert "临江区" in csv.content.decode("utf-8-sig")
    assert client.get(table, params={"format": "xlsx"}).content.startswith(b"PK")
    assert client.get(table, params={"format": "exe"}).status_code == 422
    assert client.get(f"{base}/turns/none/table").status_code == 404
    assert client.get(f"{base}/export", params={"format": "md"}).text.startswith("# ")
    assert client.get(f"{base}/export", params={"format": "json"}).json()["turns"][0]["id"] == turn["id"]


def test_a_role_counts_in_a_demo_only() -> None:
    for kind, seen in (("demo", ["official", "citizen"]), ("own", ["citizen", "citizen"])):
        assistant = ScriptedAssistant(kind=kind)
        with running(assistant) as url, httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
            for role in ("official", "root"):
                client.post("/api/ask", json={"question": "学校", "as": role})
        assert assistant.asked_as == seen


def test_one_persons_conversation_is_not_anothers(client: httpx.Client) -> None:
    turn = ask(client, "各区学校", **{"as": "official"}).json()
    path = f"/api/conversations/{turn['conversation']}"
    assert client.get(path).status_code == 404
    assert client.get(path, params={"as": "official"}).status_code == 200


def test_every_reply_forbids_other_hosts(client: httpx.Client) -> None:
    for path in ("/", "/api/health", "/api/nothing"):
        headers = client.get(path).headers
        assert "connect-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_the_page_names_no_other_host(client: httpx.Client) -> None:
    page = client.get("/").text
    own = httpx.URL(str(client.base_url)).netloc.decode()
    hosts = {word.split("/")[0].split('"')[0] for word in page.split("://")[1:]}
    assert hosts <= {own}
    assert '<html\n\tlang="zh-CN"' in page


@pytest.mark.parametrize(
    "path", ["/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/gradio_api/mcp/sse", "/monitoring"]
)
def test_doors_that_the_page_does_not_need_are_closed(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_many_ask_at_once(site: Site) -> None:
    replies: list[int] = []

    def one() -> None:
        with httpx.Client(base_url=site.url, trust_env=False, timeout=30) as client:
            replies.append(ask(client, "各区学校").status_code)

    threads = [threading.Thread(target=one) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == [200] * 12


def test_a_port_in_use_is_one_clear_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=rf"端口 {port} 无法使用.*--port"):
            serve(ScriptedAssistant(), port=port)
    with pytest.raises(ServeError, match=r"不能用|无法使用"):
        serve(ScriptedAssistant(), host="不存在的主机", port=0)


def test_it_says_when_it_is_ready_and_stops_when_told() -> None:
    here = Path(__file__).parent
    code = (
        "from scripted_assistant import ScriptedAssistant\nfrom ui.server import serve\n"
        "serve(ScriptedAssistant(), port=0, on_ready=lambda url: print(url, flush=True))\nprint('stopped', flush=True)"
    )
    paths = os.pathsep.join([str(here), str(here.parents[1])])
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths}
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(f"{url}/api/health", trust_env=False).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stdout.read().strip() == "stopped"
    finally:
        process.kill()
