"""Reading a turn: which clause says what of a request. Nothing is guessed; what explains nothing is handed on as `rest`. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.requesting import phrases
from assistant.requesting.citing import cited_in
from assistant.requesting.clauses import Clause, clauses, plain
from assistant.requesting.fixed import fixed_in
from assistant.requesting.item_words import item_wish
from assistant.requesting.names import CatalogueNames
from assistant.requesting.periods import Period, read_period, says_only_time
from assistant.requesting.said import Cited, Fixed, Heard, ItemWish, Said

LONGEST_ANSWER = 300
_NAMESAKE = re.compile(
    r"^(?:以|用|冒)[^，。]{2,16}?的?(?:名义|身份)(?:来|去)?|^(?:替|代|帮)[^，。我]{1,10}(?:局|委|中心|支队|办公室|部门|厅)(?:的[^，。]{1,4})?(?=申请|提|报)"
)
_WRITE = re.compile(
    r"^(?:请|麻烦)?(?:帮|给|替|为)?(?:我们?局?)?(?:写|起草|拟|填|出|弄|整|做|生成|报)(?:一?[个份张])?(?:数据)?(?:共享)?(?:的)?(?:申请|草稿|表)+(?:草稿)?(?:吧|呗|呀|啊|哈|哦)?$|^(?:领导|上级)?让?(?:我们?)?报个?共享申请$|^(?:怎么|咋|如何)(?:写|填|办|弄)?(?:这个|个)?申请(?:表)?(?:我|都|也|的)*(?:不会|不懂|不清楚|不知道|呢|啊)?$|^申请(?:一下|吧)?$|^整个申请$"
)
_TITLE = "␀"  # stands for a catalogue title, so that no word of it is read as a purpose


@dataclass(frozen=True)
class Reader:
    """What a reading may know: the day, the titles of policy texts, the names of catalogue entries."""

    today: date
    policies: Sequence[str]
    names: CatalogueNames


@dataclass
class _Notes:
    """What has been heard so far in one text."""

    heard: list[Heard] = field(default_factory=list)
    period: Period | None = None
    cited: list[Cited] = field(default_factory=list)
    items: list[ItemWish] = field(default_factory=list)
    fixed: list[Fixed] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    inline: str = ""  # a purpose inside the clause that asks for data
    purposes: list[Clause] = field(default_factory=list)
    rest: list[Clause] = field(default_factory=list)
    open: int = -1  # the heard field that the next clause may go on with


def read(question: str, reader: Reader, *, first: bool, asked: str = "") -> Said:
    """What `question` says. `first`: it opens a request; else it speaks of a draft whose field `asked` was just asked for."""
    text = plain(question)
    bare = text.strip("，。！？ ")
    if not first and phrases.UNDO.match(bare):
        return Said(undo=True)
    if not first and phrases.SKIP.match(bare):
        return Said(skip=True)
    if not first and phrases.CANCEL.match(bare):
        return Said(cancel=True)
    if phrases.ANYWAY.match(bare):
        return Said(anyway=True)
    notes = _Notes()
    for clause in clauses(text):
        _read_clause(clause, text, notes, reader, first)
    if not first and asked:
        _answer(text, bare, notes, reader, asked)
    return _said(notes, text, first)


def _read_clause(clause: Clause, text: str, notes: _Notes, reader: Reader, first: bool) -> None:
    words = clause.text
    flags = fixed_in(words)
    notes.fixed += flags
    words = _NAMESAKE.sub("", words).strip()
    if not words or _WRITE.match(words):
        return
    titled = bool(reader.names.titles_in(words))
    seeks = bool(phrases.SEEKS.search(words) or titled)
    if flags and not (first and {"department", "officer"} >= set(flags) and _asks_for_data(words, reader)):
        return
    started = notes.open
    notes.open = -1
    if _labelled(clause, words, notes, reader):
        return
    if cited := cited_in(words, reader.policies):
        notes.cited += cited
        return
    if _contact(clause, words, text, notes):
        return
    if says_only_time(words, reader.today):
        notes.period = read_period(words, reader.today)
        return
    if _measures(clause, words, notes, started):
        return
    wish = item_wish(words)
    if wish and (not first or wish.kind != "add") and not (first and seeks and wish.kind != "all"):
        notes.items.append(wish)
        if wish.kind != "all" or not first:
            return
        words = words.replace(wish.words, "").rstrip("的")
    if scope := phrases.SCOPE.match(words):
        _add(notes, "use_scope", scope["v"], words)
        return
    places = phrases.PLACE_USES.match(words)
    if places and not phrases.DATA.search(words) and not re.search(r"申请|需要|想要|调用|获取", words):
        _add(notes, "use_scope", places["v"], words)
        return
    if first and seeks:
        _request(words, notes, reader)
        return
    if (used := phrases.USED.match(words)) and not seeks:
        _add(notes, "scenario", used["p"], words)
        return
    if purpose := phrases.FOR.match(words):
        _add(notes, "scenario", purpose["p"], words)
        return
    if not first and seeks and _asks_for_data(words, reader):
        _request(words, notes, reader)
    elif started >= 0:
        _go_on(words, notes, started)
    elif phrases.PURPOSEFUL.search(words):
        notes.purposes.append(clause)
    else:
        notes.rest.append(clause)


def _go_on(words: str, notes: _Notes, number: int) -> None:
    """A clause that goes on with the field named before it."""
    before = notes.heard[number]
    notes.heard[number] = Heard(before.field, f"{before.value}，{words}", f"{before.quote}，{words}", before.more)
    notes.open = number


def _labelled(clause: Clause, words: str, notes: _Notes, reader: Reader) -> bool:
    """「使用范围：…」: the field is named."""
    for name, pattern in phrases.LABELLED:
        match = pattern.match(words)
        if not match:
            continue
        value = match["v"].strip()
        if name == "basis":
            notes.cited += cited_in(words, reader.policies) or (
                [Cited(duty=value, quote=words)] if len(value) >= 4 else []
            )
            return True
        if name == "period":
            period = read_period(words, reader.today)
            if period is None:
                return False
            notes.period = period
            return True
        if name == "contact":
            return False
        if not value:
            continue
        if name == "method":
            method = method_in(value)
            if not method:
                return False
            notes.heard.append(Heard("method", method, words))
            return True
        notes.heard.append(Heard(name, value, words, bool(phrases.MORE.search(match["link"]))))  # type: ignore[arg-type]
        if name in ("security", "disposal", "use_scope", "scenario", "personal_impact"):
            notes.open = len(notes.heard) - 1
        return True
    return False


def _contact(clause: Clause, words: str, text: str, notes: _Notes) -> bool:
    """A name with a telephone number, in one clause or two that follow each other."""
    label = re.match(
        r"^(?:请|补充|把|将)*(?:联系(?:人|方式|电话)|(?:办公|手机)?电话|手机号?码?)(?:改成|改为|换成|是|为|：|填|写)*(?P<v>.*)$",
        words,
    )
    value = (label["v"] if label else words).strip()
    phone = phrases.PHONE.search(value)
    if phone is None and item_wish(words):
        return False
    person = phrases.PERSON.match(value[: phone.start()] if phone else value)
    if not label and not (phone and (person or value == phone.group())):
        return False
    said = " ".join(part for part in (person["n"] if person else "", phone.group() if phone else "") if part)
    if not said:
        return False
    last = notes.heard[-1] if notes.heard else None
    if last is not None and last.field == "contact" and bool(phrases.PHONE.search(last.value)) != bool(phone):
        both = f"{last.value} {said}" if phone else f"{said} {last.value}"
        notes.heard[-1] = Heard("contact", both, f"{last.quote}，{words}")
    else:
        notes.heard.append(Heard("contact", said, words))
    return True


def _measures(clause: Clause, words: str, notes: _Notes, started: int) -> bool:
    """How the data are kept, how often and in which form they come."""
    if phrases.DISPOSAL.search(words):
        _add(notes, "disposal", words, words)
    elif phrases.IMPACT.search(words):
        _add(notes, "personal_impact", words, words)
    elif phrases.SECURITY.search(words) and not phrases.SEEKS.search(words):
        before = notes.heard[started] if started >= 0 else notes.heard[-1] if notes.heard else None
        if before is not None and before.field == "security" and before is notes.heard[-1]:
            notes.heard[-1] = Heard("security", f"{before.value}，{words}", f"{before.quote}，{words}", before.more)
        else:
            notes.heard.append(Heard("security", words, words))
        notes.open = len(notes.heard) - 1
    elif (
        (often := phrases.FREQUENCY.search(words))
        and phrases.FREQUENCY_ONLY.search(words)
        and not phrases.SEEKS.search(words)
    ):
        _add(notes, "frequency", often.group(), words)
        if method := method_in(words):
            _add(notes, "method", method, words)
    elif phrases.METHOD_ONLY.match(words) and (method := method_in(words)):
        _add(notes, "method", method, words)
    else:
        return False
    return True


def method_in(words: str) -> str:
    """The form of sharing that the words name: one of the four, or none."""
    return next((name for name, pattern in phrases.METHODS if pattern.search(words)), "")


def _request(words: str, notes: _Notes, reader: Reader) -> None:
    """A clause that asks for data: what data, and what for."""
    masked, back = _masked(words, reader.names.titles_in(words))
    for pattern in phrases.INLINE:
        match = pattern.search(masked)
        if not match or not match["p"].strip(_TITLE):
            continue
        purpose = match["p"]
        if pattern is phrases.INLINE[-1] and (
            not phrases.PURPOSEFUL.search(purpose) or _TITLE in purpose or phrases.DATA.search(purpose)
        ):
            continue
        notes.inline = notes.inline or _unmasked(purpose, back).strip()
        masked = masked[: match.start("p")] + masked[match.end("p") :]
        break
    said = _unmasked(masked, back)
    notes.wanted.append(said)
    if re.search(r"接口(?:方式)?$|接口，", said):
        _add(notes, "method", "服务接口", words)


def _masked(words: str, titles: Sequence[str]) -> tuple[str, list[str]]:
    """The words with each catalogue title as one sign."""
    back: list[str] = []
    for title in titles:
        back.append(title)
        words = words.replace(title, _TITLE + chr(0xE000 + len(back) - 1), 1)
    return words, back


def _unmasked(words: str, back: list[str]) -> str:
    return re.sub(f"{_TITLE}([\ue000-\uf8ff])", lambda m: back[ord(m[1]) - 0xE000], words).replace(_TITLE, "")


def _asks_for_data(words: str, reader: Reader) -> bool:
    return bool(phrases.SEEKS.search(words)) and (
        bool(phrases.DATA.search(words)) or bool(reader.names.titles_in(words))
    )


def _answer(text: str, bare: str, notes: _Notes, reader: Reader, asked: str) -> None:
    """What stands alone answers what was just asked."""
    if notes.heard or notes.period or notes.cited or notes.items or notes.fixed or notes.wanted:
        return
    if asked in ("starts", "ends", "period"):
        notes.period = read_period(bare, reader.today)
        return
    places = phrases.PLACES_ALONE.match(bare)
    if places and (asked not in ("purpose", "scenario") or not phrases.PURPOSEFUL.search(bare)):
        _add(notes, "use_scope", places["v"], bare)
        return
    if asked == "basis":
        notes.cited += cited_in(f"依据{bare}", reader.policies) or [Cited(duty=bare, quote=bare)]
        return
    if asked == "method":
        if method := method_in(bare):
            _add(notes, "method", method, bare)
        return
    if asked in ("purpose", "scenario"):
        _add(notes, "scenario", bare, bare)
    elif (
        asked in ("use_scope", "security", "disposal", "personal_impact", "contact", "frequency", "agency_head")
        and len(bare) <= LONGEST_ANSWER
    ):
        notes.heard.append(Heard(asked, bare, bare))  # type: ignore[arg-type]


def _add(notes: _Notes, name: str, value: str, quote: str) -> None:
    value = value.strip(" ，的：")
    if value:
        before = next((n for n, h in enumerate(notes.heard) if h.field == name), None)
        if before is not None and name == "use_scope":
            other = notes.heard[before]
            notes.heard[before] = Heard("use_scope", f"{other.value}，{value}", f"{other.quote}，{quote}", other.more)
        elif before is None:
            notes.heard.append(Heard(name, value, quote))  # type: ignore[arg-type]


def _said(notes: _Notes, text: str, first: bool) -> Said:
    heard = list(notes.heard)
    if first and not notes.wanted:  # 「婚姻登记那个档案」: named without a verb
        named = [c for c in (*notes.purposes, *notes.rest) if phrases.DATA_AT_END.search(c.text)]
        notes.wanted += [c.text for c in named]
        notes.purposes = [c for c in notes.purposes if c not in named]
        notes.rest = [c for c in notes.rest if c not in named]
    if first and not any(h.field == "scenario" for h in heard):
        if notes.inline:
            heard.append(Heard("scenario", notes.inline, notes.inline))
        elif notes.purposes:
            words = _whole(notes.purposes, text)
            bare = re.sub(r"^(?:因|为了?)(?=.{3})", "", phrases.LED_BY_OFFICE.sub("", words))
            heard.append(Heard("scenario", bare or words, words))
    rest = [c.text for c in notes.rest] + ([c.text for c in notes.purposes] if not first else [])
    return Said(
        heard=tuple(heard),
        period=notes.period,
        cited=tuple(notes.cited),
        items=tuple(notes.items),
        fixed=tuple(dict.fromkeys(notes.fixed)),
        wanted="，".join(notes.wanted),
        rest=tuple(rest),
    )


def _whole(found: Sequence[Clause], text: str) -> str:
    """Clauses that follow each other, as they stand in the text."""
    first, last = found[0], found[0]
    for clause in found[1:]:
        if clause.start - last.end <= 2:
            last = clause
    return text[first.start : last.end]
