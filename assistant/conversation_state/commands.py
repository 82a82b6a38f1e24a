"""Fragments that say what to do: 去掉这个条件, 不分区了, 合计, 平均, 同比, 占比, 前五名, 从高到低, 超过10的.

Each reader takes its words out of the text and returns an edit; what is left is read for names, values and times.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from assistant.conversation_state import command_words as words
from assistant.conversation_state.bounding import read_bounds
from assistant.conversation_state.clause import Commands, take
from assistant.conversation_state.edits import (
    CompareWith,
    DropDimensions,
    DropFilter,
    Edit,
    GiveBack,
    Keep,
    Limit,
    ListThings,
    Rank,
    Reverse,
    SetAggregate,
    SetChange,
    SetDimension,
    SetFilter,
    SetPeriod,
    Total,
)
from assistant.conversation_state.growing import read_relations
from assistant.conversation_state.labels import dimension_label, value_words
from assistant.conversation_state.periods import Period
from assistant.conversation_state.slot_names import slot_called
from assistant.conversation_state.speech import plain
from assistant.conversation_state.state import Dimension, Filter, Ranking, State, column_of, concept
from assistant.planning.linking.numerals import read_number
from assistant.planning.plan import TimeUnit
from assistant.planning.reading.context import name_column
from corpus.semantics import SemanticModel


def read_commands(text: str, state: State, model: SemanticModel, before: State | None) -> Commands:
    """The commands in a fragment. `before`: the state that the last fragment changed."""
    found = Commands(text)
    _both(found, state, before, model)
    _pronoun(found, state, model)
    found.text = plain(found.text)
    added = tuple(f for f in state.filters if f not in before.filters) if before else ()
    readers: list[Callable[[Commands], None]] = [
        lambda c: _whole(c, state, model),
        _resets,
        lambda c: _times(c, state),
        lambda c: _drops(c, state, model, before, added),
        lambda c: read_relations(c, state, model),
        lambda c: read_bounds(c, state, model),
        lambda c: _ranks(c, state, model),
        lambda c: _sums(c, state),
        lambda c: _lists(c, state, model),
    ]
    for reader in readers:
        reader(found)
    if take(found, words.ALSO):
        found.adding = True
    if words.ADD.match(found.text):
        found.adding = True
        found.text = words.ADD.sub(lambda m: "按" if m[0][-1] in "按分" else "", found.text)
    return found


def _both(commands: Commands, state: State, before: State | None, model: SemanticModel) -> None:
    """两个比一下: what was asked about last beside what was asked about before."""
    together = bool(words.BOTH_TOGETHER.match(commands.text))
    if before is None or not (together or words.BOTH.match(commands.text)):
        return
    if together and state.dimensions:
        return  # the sum of what is shown
    for now in state.filters:
        for old in before.filters:
            if concept(old.column, model) == concept(now.column, model) and old.values != now.values:
                commands.edits += [SetFilter(old, add=True), Total()] if together else [CompareWith(old)]
                commands.text = ""
                return


def _pronoun(commands: Commands, state: State, model: SemanticModel) -> None:
    """他们, 这三家, 这个区: with the noun behind it, which says nothing new."""
    match = words.THESE.match(commands.text) or words.THIS.match(commands.text) or words.OF_THEM.match(commands.text)
    if not match:
        return
    commands.these = True
    commands.text = commands.text[match.end() :]
    for noun in _nouns(state, model):
        if commands.text.startswith(noun):
            commands.text = commands.text[len(noun) :].removeprefix("的")
            return


def _nouns(state: State, model: SemanticModel) -> list[str]:
    """What the things shown may be called, the longest first."""
    table = model.table(state.table)
    found = {table.entity, table.label, *table.synonyms}
    for column in (*(d.column for d in state.dimensions), *(f.column for f in state.filters)):
        if column is not None:
            known = column_of(column, model)
            found |= {dimension_label(Dimension(column), model), known.label, *known.synonyms}
    return sorted((n for n in found if n), key=len, reverse=True)


def _whole(commands: Commands, state: State, model: SemanticModel) -> None:
    """Commands that are all a clause says."""
    if words.RESTORE.match(commands.text):
        edit: Edit = GiveBack()
    elif match := words.TAKE.match(commands.text):
        number = read_number(match["n"])
        edit = Limit(int(number.value) if number else 1)
    elif words.REVERSE.match(commands.text):
        edit = Reverse()
    elif words.LIST.match(commands.text):
        edit = ListThings(name_column(model.table(state.table)))
    else:
        return
    commands.edits.append(edit)
    commands.text = ""


def _resets(commands: Commands) -> None:
    if take(commands, words.NO_TIME):
        commands.edits.append(SetPeriod(None))
    if take(commands, words.NO_RANK):
        commands.edits.append(Rank(None))
    if take(commands, words.NO_BOUND):
        commands.edits.append(Keep(None))
    if take(commands, words.WHOLE):
        commands.edits.append(DropDimensions(regions=True))


def _times(commands: Commands, state: State) -> None:
    if match := words.EVERY.search(commands.text) or words.BY_TURNS.search(commands.text):
        unit: TimeUnit = words.PERIODS[match["unit"]]
        more = bool(words.ADD.match(commands.text)) or bool(re.match(r"再", commands.text))
        commands.edits.append(SetDimension(Dimension(unit=unit), more))
        commands.text = commands.text[: match.start()].strip("，, 的再")
    elif state.period and (match := words.SHIFT.match(commands.text)):
        number = read_number(match["n"] or match["m"] or "一")
        months = 12 * int(number.value if number else 1)
        commands.edits.append(SetPeriod(state.period.shifted(-months if match["back"] else months)))
        commands.text = ""
    elif match := words.TREND.search(commands.text):
        short = state.period is not None and state.period.days is not None and state.period.days <= 366
        long = match["years"] or re.search(rf"{words.N}年", commands.text[: match.start()])
        unit = "month" if short and not long else "year"
        if match["years"]:
            commands.edits.append(SetPeriod(None))
        commands.edits += [SetDimension(Dimension(unit=unit)), SetChange("")]
        commands.text = commands.text[: match.start()]
    elif state.period and state.period.start and (match := words.WHOLE_YEAR.match(commands.text)):
        year = state.period.start.year
        commands.edits.append(SetPeriod(Period(date(year, 1, 1), date(year + 1, 1, 1))))
        commands.text = commands.text[match.end() :]


def _drops(
    commands: Commands, state: State, model: SemanticModel, before: State | None, added: tuple[Filter, ...]
) -> None:
    if match := words.TOGETHER.search(commands.text):
        word = (match["what"] or "").strip("“”")
        several = len(state.dimensions) > 1
        commands.edits.append(DropDimensions(word=word if several else ""))
        commands.text = commands.text[: match.start()].strip("，, ")
        whole = re.search(r"[，,]?\s*(?:只?看)?全市的?$", commands.text)
        if whole:
            commands.text = commands.text[: whole.start()]
        return
    if match := re.match(r"^不(?:用|再)?分[^，,]{0,4}了?[，,](?:看)?(?:全市|总的|总体|合计)的?$", commands.text):
        commands.edits.append(DropDimensions())
        commands.text = ""
        return
    commands.text = words.AWAY.sub(r"去掉\g<what>", commands.text)
    if match := words.DROP.match(commands.text):
        what = re.sub(r"^(?:这个|那个|刚才的?|上一个)$|[“”\"]", "", match["what"].strip())
        if not what:
            commands.edits += _last(state, before, added)
            commands.text = ""
        elif bounds := tuple(f for f in state.filters if f.op in words.OPS.values() and what == _bound(f, model)):
            commands.edits.append(DropFilter(last=bounds))
            commands.text = ""
        elif slot := slot_called(what, state, model):
            commands.edits.append(slot)
            commands.text = ""
        else:
            commands.dropping, commands.text = True, what
            commands.excluding = not match["mark"] and not match["free"]
        return
    if match := words.BACK_IN.match(commands.text):
        commands.restoring, commands.text = True, match["what"]
        return
    if match := words.EXCLUDE.match(commands.text):
        commands.text = match["what"].strip("“”")
        if slot := slot_called(commands.text, state, model):
            commands.edits.append(slot)
            commands.text = ""
        commands.excluding = bool(commands.text)


def _last(state: State, before: State | None, added: tuple[Filter, ...]) -> list[Edit]:
    """去掉这个条件: without what the last fragment put in, a condition or a bound, an order or a time."""
    if added or before is None:
        return [DropFilter(last=added)]
    if before.threshold != state.threshold:
        return [Keep(before.threshold)]
    if before.ranking != state.ranking:
        return [Rank(before.ranking)]
    return [SetPeriod(before.period)] if before.period != state.period else [DropFilter()]


def _bound(one: Filter, model: SemanticModel) -> str:
    """The number of a bound as its chip says it: 15个."""
    return value_words(one, one.values[0], model) if one.values else ""


def _ranks(commands: Commands, state: State, model: SemanticModel) -> None:
    if match := take(commands, words.SORT):
        down = match["from"] in ("高", "大", "多") if match["from"] else match["word"] in ("降序", "倒序")
        commands.edits.append(Rank(Ranking(down, None)))
    elif match := take(commands, words.TOP):
        _rank(commands, True, match["n"])
    elif match := take(commands, words.BOTTOM):
        _rank(commands, False, match["n"])
    elif match := take(commands, words.MOST):
        asks_one = re.search(r"哪(?!些|几)|谁|第一", commands.text)
        limit = match["n"] or ("一" if asks_one or not state.ranking else str(state.ranking.limit or 1))
        if told := words.WHICH_FIRST.match(commands.text):
            commands.text = "各" + commands.text[told.end() :]
            limit = match["n"] or told["n"] or limit
        elif told := words.WHICH.search(commands.text):
            what = told["what"] if len(told["what"]) > 1 or told["what"] in "区县月年市" else ""
            commands.asked = what
            commands.text = commands.text[: told.start()] + (f"各{what}" if what else "")
        _rank(commands, _upwards(match["how"], state, model), limit)


def _lists(commands: Commands, state: State, model: SemanticModel) -> None:
    """收费的有哪些: those of the things counted that are so, by name."""
    counted = state.quantities and all(q.aggregate == "count" for q in state.quantities)
    ranked = any(isinstance(e, Rank | Keep) for e in commands.edits)
    if counted and not state.dimensions and not ranked and (match := words.LIST_AFTER.fullmatch(commands.text)):
        commands.edits.append(ListThings(name_column(model.table(state.table))))
        commands.text = match["front"] or match["named"]


def _upwards(how: str, state: State, model: SemanticModel) -> bool:
    """Whether a superlative means the largest numbers. 最快 of days is the fewest, 最差 of a rate the lowest."""
    if how in ("快", "慢", "久"):
        units = {column_of(q.column, model).unit for q in state.quantities if q.column}
        lasting = any(re.search(r"日|天|小时|分钟|秒|毫秒", u) for u in units)
        return (how != "快") == lasting if how != "久" else True
    return how in ("多", "高", "大", "长", "贵", "好", "强", "严重", "集中", "突出", "活跃", "热门")


def _rank(commands: Commands, descending: bool, many: str) -> None:
    number = read_number(many)
    if number and number.value >= 1:
        commands.edits.append(Rank(Ranking(descending, int(number.value))))


def _sums(commands: Commands, state: State) -> None:
    if match := words.EXTREME.match(commands.text):
        word = match["which"]
        commands.edits.append(SetAggregate("median" if word == "中位数" else "max" if word[1] in "大高" else "min"))
        commands.text = ""
    elif re.search(r"(?:各|分别|各自)(?:是|有|为)?(?:多少|几|$)", commands.text) and not state.dimensions:
        several = next((f for f in state.filters if f.op == "in"), None)
        if several is not None:
            commands.edits.append(SetDimension(Dimension(several.column), keep=True))
    elif take(commands, words.AVERAGE):
        commands.edits.append(SetAggregate("avg"))
    elif commands.these and words.TOTAL.search(commands.text):
        commands.edits.append(Total())  # what they come to, in whatever words
        commands.text = ""
    elif state.dimensions and not re.search(r"[各每]", commands.text) and take(commands, words.TOTAL):
        commands.edits.append(Total())
    elif re.fullmatch(rf"(?:{words.TOTAL.pattern})(?:多少|几)?[^，,]{{0,2}}", commands.text):
        commands.edits.append(Total())
        commands.text = ""
