"""The bench of share requests: its stories are sound, its judge tells what is invented, and a sample comes out right."""

from __future__ import annotations

import re

from assistant import Assistant
from assistant.outcome import Draft
from corpus.demo.departments import DEPARTMENTS
from evals.share import load_stories, run_share, show, summary, teller
from evals.share_facts import invented

SAMPLE = (
    "c01",
    "c03",
    "c12",
    "n01",
    "o01",
    "v03",
    "m02",
    "b01",
    "t01",
    "s01",
    "f01",
    "f03",
    "x02",
    "e02",
    "d01",
    "z01",
)


def test_every_story_names_what_the_catalogue_has(demo_assistant: Assistant) -> None:
    stories = load_stories()
    assert len(stories) >= 70
    assert len({s.id for s in stories}) == len(stories)
    departments = {d.key for d in DEPARTMENTS} | {"citizen"}
    for story in stories:
        assert story.who in departments, story.id
        wanted = story.expect.get("dataset", [])
        entries = [demo_assistant.services.datasets[key] for key in ([wanted] if isinstance(wanted, str) else wanted)]
        for key in story.expect.get("offers", []):
            assert key in demo_assistant.services.datasets
        if entries:
            names = {i.name for i in entries[0].items}
            assert set(story.expect.get("keep", [])) | set(story.expect.get("drop", [])) <= names, story.id
        for pattern in story.expect.get("says", []):
            re.compile(pattern)


def test_a_sample_of_every_kind_comes_out_right(demo_assistant: Assistant) -> None:
    before = len(demo_assistant.services.desk.visible(teller(load_stories()[0])))
    results = run_share(demo_assistant, [s for s in load_stories() if s.id in SAMPLE])
    assert [r.id for r in results if not r.right] == []
    report = summary(results)["all"]
    assert (report["invented"], report["stories"]) == (0, len(SAMPLE))
    assert "| 全部 |" in show(results)
    assert (
        len(demo_assistant.services.desk.visible(teller(load_stories()[0]))) == before
    )  # filed in the bench's own store


def test_the_judge_finds_what_was_made_up(demo_assistant: Assistant) -> None:
    story = next(s for s in load_stories() if s.id == "c09")
    who = teller(story)
    draft = demo_assistant.ask(story.turns[0], who)
    assert isinstance(draft, Draft)
    assert invented(demo_assistant, draft, story.turns, who, story.expect) == []
    basis = {**draft.content["basis"][0]}
    lies: list[tuple[str, dict[str, object]]] = [
        ("use_scope", {"use_scope": "招标处"}),
        ("period", {"ends": "2027-01-01"}),
        ("frequency", {"frequency": "每分钟"}),
        ("items", {"items": [{"name": "法人手机号", "use": ""}]}),
        ("basis: a quote that is not there", {"basis": [{**basis, "quote": "可以随便用。"}]}),
        ("basis: a text nobody named", {"basis": [{**basis, "article": "第十条", "quote": ""}]}),
    ]
    for name, change in lies:
        forged = draft.model_copy(update={"content": {**draft.content, **change}})
        assert name in invented(demo_assistant, forged, story.turns, who, story.expect), name
    other = draft.model_copy(update={"request": {**draft.request, "共享属性": "无条件共享"}})
    assert "共享属性" in invented(demo_assistant, other, story.turns, who, story.expect)
