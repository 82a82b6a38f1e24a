"""Lines of a policy text → articles: 第N条 under 编/章/节, or numbered sections where there are no articles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.ingest.dates import han_number
from corpus.ingest.policy_lines import Line
from corpus.policy import Article

_NUM = r"[一二三四五六七八九十百千零〇两\d０-９]+"
_ARTICLE = re.compile(rf"^第\s*({_NUM})\s*条(之{_NUM})?(?P<gap>[\s:：、.．]*)(?P<rest>.*)$", re.S)
_DIVISION = re.compile(rf"^第\s*({_NUM})\s*(编|分编|章|节)(?:\s+|[:：、])?(?P<name>.*)$")
_RANKS = {"编": 0, "分编": 1, "章": 2, "节": 3}
_ANNEX = re.compile(r"^((附件|附表|附录)\s*[一二三四五六七八九十\d]*([:：\s].*)?|附([:：].*)?)$")
_SECTION = re.compile(r"^([一二三四五六七八九十]{1,3})、\s*(.*)$", re.S)
_SUBSECTION = re.compile(r"^[（(]([一二三四五六七八九十]{1,3})[）)]\s*(.*)$", re.S)
_PREFACE = "序言"


@dataclass
class Parsed:
    """Articles in order, the lines before the first of them, and what looked wrong."""

    articles: list[Article]
    head: list[Line]
    numbered: bool  # whether it is written in 条
    warnings: list[str] = field(default_factory=list)


def parse_articles(lines: list[Line], title: str = "") -> Parsed:
    """Cut a text into its articles. Text is kept as it is: paragraphs joined by a newline, the locator left out."""
    lines = [line for line in lines if line.text]
    first = _first_article(lines)
    if first is not None:
        return _in_articles(lines, first)
    return _in_sections(lines, title)


def _first_article(lines: list[Line]) -> int | None:
    """Where 第一条 stands; in a part of a longer text (合同编), the first of two articles that follow each other."""
    numbers = [(i, _number(lines, i)) for i in range(len(lines))]
    known = [(i, number) for i, number in numbers if number]
    for i, number in known:
        if number == 1:
            return i
    return next((i for (i, number), (_, following) in pairwise(known) if following == number + 1), None)


def _number(lines: list[Line], at: int) -> int:
    found = _ARTICLE.match(lines[at].text)
    if found is None or found[2]:
        return 0
    value = han_number(_half(found[1]))
    if not found["rest"]:  # the number on a line of its own, its text on the next
        return value if at + 1 < len(lines) else 0
    return value if value == 1 or found["gap"] else 0


class _Division:
    """The headings that stand above the current line."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}

    def enter(self, rank: int, name: str) -> None:
        self.names = {r: n for r, n in self.names.items() if r < rank}
        self.names[rank] = name

    @property
    def path(self) -> list[str]:
        return [self.names[rank] for rank in sorted(self.names)]


def _division(line: Line) -> tuple[int, str] | None:
    found = _DIVISION.match(line.text)
    if found is None or len(line.text) > 40 or re.search(r"[。；，]", line.text):
        return None
    return _RANKS[found[2]], f"第{found[1]}{found[2]} {clean_heading(found['name'])}".strip()


def clean_heading(text: str) -> str:
    """A heading without the blanks that only space it out: 总　则 → 总则."""
    return re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", text).strip()


def _in_articles(lines: list[Line], first: int) -> Parsed:
    warnings: list[str] = []
    articles: list[Article] = []
    taken: set[str] = set()
    division = _Division()
    head_end = first
    # Headings right before the first article stand above it; what is between them is the head or the preface.
    while head_end > 0 and _division(lines[head_end - 1]):
        head_end -= 1
    for line in lines[:first]:
        if above := _division(line):
            division.enter(*above)
    pending = ""  # the heading that stands over text outside any article
    part = ""  # an annex, or a second text in the same file
    number = 0
    suffix = 0
    locator, title, text, path = "", "", [""], list(division.path)

    def close() -> None:
        nonlocal locator, text
        body = "\n".join(piece for piece in text if piece)
        if locator and body:
            name, copy = locator, 2
            while name in taken:
                name, copy = f"{locator}（{copy}）", copy + 1
            taken.add(name)
            articles.append(Article(locator=name, title=title, text=body, path=path))
        elif locator.endswith("条"):
            warnings.append(f"{locator}没有内容。")
        locator, text = "", []

    for line in lines[first:]:
        found = _ARTICLE.match(line.text)
        if found and _is_next(found, number, suffix, line):
            value = han_number(_half(found[1]))
            after = han_number(_half(found[2][1:])) if found[2] else 0
            if value == 1 and number >= 1 and not after:
                close()
                part = f"{pending} " if pending else f"第{_times(taken) + 1}部分"
            elif value > number + 1 and number:
                warnings.append(f"条号不连续：第{number}条之后是第{value}条。")
            close()
            number, suffix = value, after
            locator = f"{part}第{found[1]}条{found[2] or ''}"
            title, rest = _article_title(found["rest"])
            text, path = [rest], division.path
            continue
        annex = _ANNEX.match(clean_heading(line.text)) and len(line.text) < 60
        heading = None if annex else _division(line)
        if heading is None and line.heading and not annex:
            heading = (line.heading, clean_heading(line.text))  # 「附 则」 without a number, 「一、一般规定」
        if heading:
            close()
            division.enter(*heading)
            pending = heading[1]
            continue
        if annex:
            close()
            pending = re.sub(r"[:：]\s*", " ", line.text).strip()
            division = _Division()
            division.enter(0, pending)
            part, number, suffix = f"{pending.split(' ')[0]} ", 0, 0
            continue
        if not locator:
            locator, title, text, path = pending or f"第{number}条附文", "", [], division.path
        text.append(line.text)
    close()
    preface = _preface(lines[:head_end])
    if preface:
        articles.insert(0, Article(locator=_PREFACE, text="\n".join(preface)))
    return Parsed(articles, lines[:head_end], True, warnings)


def _half(text: str) -> str:
    return text.translate(str.maketrans("０１２３４５６７８９", "0123456789"))


def _times(taken: set[str]) -> int:
    return sum(1 for locator in taken if locator.endswith("第一条"))


def _is_next(found: re.Match[str], number: int, suffix: int, line: Line) -> bool:
    """Whether a line that begins with 第N条 is article N, not a sentence that speaks of it."""
    value = han_number(_half(found[1]))
    if found[2]:
        return value == number and han_number(_half(found[2][1:])) == suffix + 1
    if value == number + 1:
        # 「第三条规定的情形…」 right after article 2: a reference, unless a blank follows the number.
        return bool(found["gap"]) or not re.match(
            r"(规定|所列|所称|第[一二三四五六七八九十]+[款项]|的|至第|、第|和第|或者第)", found["rest"]
        )
    return bool(re.search(r"\s", found["gap"])) and (value > number or value == 1)


def _article_title(rest: str) -> tuple[str, str]:
    """「【目的】为了…」「（目的）为了…」 → the article's title and its text with it (text stays verbatim)."""
    found = re.match(r"^[【(（]([^】)）]{2,20})[】)）]\s*(?=\S)", rest)
    return (found[1], rest) if found else ("", rest)


def _preface(lines: list[Line]) -> list[str]:
    """The paragraphs between the head and the first article that are sentences: 「为正确审理……，制定本规定。」"""
    kept: list[str] = []
    for line in lines:
        if line.heading or is_history(line.text):
            continue
        if len(line.text) >= 20 and re.search(r"[。：]$", line.text):
            kept.append(line.text)
    return kept


def is_history(text: str) -> bool:
    """Whether a line tells how the text came to be: who passed, published or revised it, and when."""
    return bool(
        re.search(r"\d{4}\s*年\s*\d{1,2}\s*月", text[:40])
        and re.search(r"通过|公布|发布|修正|修订|批准|施行|印发|颁布|决定|公告", text)
    )


def _in_sections(lines: list[Line], title: str) -> Parsed:
    """一、（一） sections, or headings the file marks, or plain paragraphs."""
    body = [line for line in lines if line.text != title and not (line.heading == 1 and line is lines[0])]
    if any(_SECTION.match(line.text) for line in body) and not any(line.heading > 1 for line in body):
        return _chinese_sections(body)
    if sum(bool(line.heading) for line in body) >= 1:
        return _headed_sections(body)
    articles = [Article(locator=f"第{n}段", text=line.text) for n, line in enumerate(body, 1)]
    return Parsed(articles, body[:3], False)


def _chinese_sections(lines: list[Line]) -> Parsed:
    first = next(i for i, line in enumerate(lines) if _SECTION.match(line.text))
    articles: list[Article] = []
    taken: dict[str, int] = {}
    lead = [line.text for line in lines[:first] if len(line.text) >= 20 and not is_history(line.text)]
    if lead:
        articles.append(Article(locator=_PREFACE, text="\n".join(lead)))
    section, heading, locator, text = "", "", "", []  # type: str, str, str, list[str]

    def close() -> None:
        if locator and any(text):
            count = taken[locator] = taken.get(locator, 0) + 1
            name = locator if count == 1 else f"{locator}（{count}）"
            articles.append(Article(locator=name, title=heading, text="\n".join(filter(None, text)), path=path))

    path: list[str] = []
    for line in lines[first:]:
        if found := _SECTION.match(line.text):
            close()
            section, heading = found[1], found[2]
            name = heading.partition("。")[0]
            sentence = len(heading) > 40 or heading.endswith("。")
            heading = name if len(name) <= 40 and not sentence else ""
            locator, path, text = f"{section}、", [], [found[2]]
        elif (found := _SUBSECTION.match(line.text)) and section:
            close()
            # A section that holds only its own heading says nothing by itself.
            if articles and articles[-1].locator == f"{section}、" and articles[-1].text == articles[-1].title:
                path = [f"{section}、{articles.pop().title}"]
                taken.pop(f"{section}、", None)
            elif not path:
                path = [f"{section}、{heading}"] if heading else [f"{section}、"]
            heading = found[2].partition("。")[0] if len(found[2].partition("。")[0]) <= 30 else ""
            locator, text = f"{section}、（{found[1]}）", [found[2]]
        else:
            text.append(line.text)
    close()
    return Parsed(articles, lines[:first], False)


def _headed_sections(lines: list[Line]) -> Parsed:
    articles: list[Article] = []
    taken: dict[str, int] = {}
    path: dict[int, str] = {}
    locator, text = _PREFACE, []  # type: str, list[str]
    first = next(i for i, line in enumerate(lines) if line.heading)

    def close() -> None:
        if any(text):
            count = taken[locator] = taken.get(locator, 0) + 1
            above = [path[level] for level in sorted(path) if path[level] != locator]
            name = locator if count == 1 else f"{locator}（{count}）"
            articles.append(Article(locator=name, title="", text="\n".join(filter(None, text)), path=above))

    for line in lines:
        if line.heading:
            close()
            path = {level: name for level, name in path.items() if level < line.heading}
            path[line.heading] = line.text
            locator, text = line.text, []
        elif locator != _PREFACE or (len(line.text) >= 20 and not is_history(line.text)):
            text.append(line.text)
    close()
    return Parsed(articles, lines[:first], False)
