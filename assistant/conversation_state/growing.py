"""What a clause says of growth, shares and comparisons: 同比, 比2023年增长了多少, 涨得最快的, 占比, 和云湖区比."""

from __future__ import annotations

import re

from assistant.conversation_state import command_words as words
from assistant.conversation_state.clause import Commands, take
from assistant.conversation_state.edits import SetChange
from assistant.conversation_state.state import State
from corpus.semantics import Role, SemanticModel


def read_relations(commands: Commands, state: State, model: SemanticModel) -> None:
    year = state.period.year if state.period else None
    if (match := words.GROWTH_SINCE.search(commands.text)) and year and year > int(match["year"]):
        commands.edits.append(SetChange("year", year - int(match["year"])))
        commands.text = (commands.text[: match.start()] + commands.text[match.end() :]).strip("，, 的")
    elif (match := words.MOVED_MOST.search(commands.text)) and not _names_growth(commands.text, state, model):
        _moved_most(commands, match, state)
    elif take(commands, words.GROWTH_MONTH):
        commands.edits.append(SetChange("month"))
    elif take(commands, words.GROWTH_YEAR) or (state.period and take(commands, words.GROWN_OR_NOT)):
        commands.edits.append(SetChange("year"))
    elif match := words.COMPARE.match(commands.text):
        commands.comparing = True
        commands.text = match["what"] or match["other"]
        return
    if take(commands, words.SHARE):
        commands.edits.append(SetChange("share"))


def _names_growth(words_said: str, state: State, model: SemanticModel) -> bool:
    """Whether a growth that is stored is spoken of by its name: 自然增长率, 可比价增速."""
    columns = [c for t in model.tables for c in t.columns if c.role == Role.MEASURE]
    names = {n for c in columns for n in (c.label, *c.synonyms)} | {
        n for m in model.metrics for n in (m.label, *m.synonyms)
    }
    said = re.compile(r"增|涨|降|跌|升")
    own = {n for c in model.table(state.table).columns if c.role == Role.MEASURE for n in (c.label, *c.synonyms)}
    long = {n for n in names if len(n) > 2} | own
    return any(said.search(n) and n in words_said for n in long)


def _moved_most(commands: Commands, match: re.Match[str], state: State) -> None:
    """Ranked by growth since the year before; of a time that is told, or there is no one growth."""
    if state.period is None or not state.quantities:
        return
    if not any(q.change in ("year", "month") for q in state.quantities):
        commands.edits.append(SetChange("year"))
    fast = match["how"] not in ("慢", "小", "少", "低")
    commands.text = (
        commands.text[: match.start()]
        + ("最多" if fast == bool(match["up"]) else "最少")
        + (f"{match['n']}个" if match["n"] else "")
        + commands.text[match.end() :]
    )
