"""Text stays text, whatever it holds."""

from html_reader import Reader
from hypothesis import given
from hypothesis import strategies as st
from scripted_assistant import HOSTILE

from ui.web.markup import Markup, clean, escape, h, join

TEXTS = st.one_of(st.text(max_size=80), st.sampled_from(HOSTILE))


@given(TEXTS, TEXTS)
def test_an_element_shows_its_text_and_keeps_its_attribute(text: str, value: str) -> None:
    read = Reader(h("p", text, data_ask=value))
    assert read.tags == ["p"]
    assert read.text == clean(text)
    assert dict(read.attributes) == {"data-ask": clean(value)}


@given(st.lists(TEXTS, max_size=5))
def test_only_markup_is_let_through(texts: list[str]) -> None:
    assert Reader(join(texts)).tags == []
    assert Reader(join(h("b", t) for t in texts)).tags == ["b"] * len(texts)


def test_attributes_that_are_false_or_absent_are_left_out() -> None:
    assert h("a", class_="x", hidden=True, title=None, open=False) == '<a class="x" hidden></a>'


def test_markup_is_not_escaped_twice() -> None:
    once = escape("a < b")
    assert isinstance(once, Markup)
    assert escape(once) == once == "a &lt; b"


def test_direction_overrides_and_control_characters_do_not_reach_the_page() -> None:
    assert clean("a\u202eb\u200bc\x00d\te\nf") == "abcd\te\nf"
