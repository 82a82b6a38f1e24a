"""What may stay of a model's wording: sentences whose every number, name and claim the result table bears out.

Strict on purpose: a sentence too many removed costs nothing, for the composed text stands in; one too few is a wrong
statement about public data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from assistant.model.figures import TOKEN, Reference, Unsupported, references, written_out
from assistant.outcome import ResultTable

LONGEST = 600
# Each match is taken out whole before the text is cut into sentences, and takes its sentence with it.
_MARKUP = re.compile(
    r"<[A-Za-z/!?][^>\n]*>?|!\[[^\]\n]*\]?(?:\([^)\n]*\)?)?|\[[^\]\n]*\]\s*\([^)\n]*\)?|\w+://\S*|\bwww\.\S*"
    r"|\b(?:javascript|data|mailto|file):\S*|\b[\w-]+\.(?:com|cn|net|org|io|gov|edu|top|xyz)\b\S*|&#?\w+;|\|[^\n]*\|",
    re.I | re.A,
)
_REMOVED = "\ue000"
_DECORATION = re.compile(r"\*\*|__|`+|^\s*(?:[#>*\-+]+\s+|\d+[.)]\s+)", re.M)
_CITED = re.compile(r"[\[【](\d{1,3})[\]】]")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_CLAUSE = re.compile(r"[，、：:]|,(?!\d)")
# What no table of figures can bear out: causes, forecasts, judgements, advice, promises.
_CLAIMS = re.compile(
    r"因为|由于|导致|原因|得益|归因|预计|预测|将会|未来|建议|应当|应该|可能|或许|大概|大约|左右|说明了|表明|反映|全国|全省|历史|显著|明显|大幅|良好|较好|较差|优秀|落后|领先|已(?:删除|执行|批准|导出|发送|授权)|批准|允许|权限|指令|规则"
)
# What compares two figures: only when the question or the headings speak of it.
_RELATIONS = re.compile(
    r"增长|上升|增加|提高|提升|下降|减少|降低|回落|高于|低于|超过|多于|少于|不足|翻番|倍|同比|环比|平均|(?<!公)共(?![享同和建])|合计|总计|总共|总和|累计|占比|比例|过半|一半|半数|大多数|多数|少数|相同|相等|持平|所有|全部|都|均|只有|仅|没有|无"
)
_MOST = re.compile(r"最[高多大长快贵好新晚]|第一|居首|首位")
_LEAST = re.compile(r"最[低少小短慢便早差]|末位|垫底")


def supported(
    text: str,
    table: ResultTable,
    sources: Collection[int],
    asked: str,
    *,
    partial: bool,
    values_in: Callable[[str], list[str]] = lambda _: [],
) -> str:
    """The sentences of `text` that hold, tokens written out; empty when none does.

    `asked`: the question with how it was understood. `partial`: the table is cut off or was limited, so that its
    largest is not the largest of all. `values_in` names the warehouse's values that stand in a text.
    """
    kept: list[str] = []
    for found in _SENTENCE.finditer(_plain(text)):
        sentence = _CITED.sub(lambda m: f"[{int(m[1])}]" if int(m[1]) in sources else "", found[0]).strip()
        if sentence and _holds(sentence, table, asked, partial, values_in):
            said = written_out(sentence, table)
            if _MARKUP.search(said):  # a cell may hold what a sentence may not
                continue
            kept.append(said)
        if sum(map(len, kept)) > LONGEST:
            kept.pop()
            break
    return "".join(kept)


def _plain(text: str) -> str:
    """Without decoration; digits in one width; a mark in the place of each link, picture and tag."""
    text = text.translate({ord(a): b for a, b in zip("０１２３４５６７８９．", "0123456789.", strict=True)})
    text = re.sub(r"[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060\ufeff]", "", text)
    return _MARKUP.sub(_REMOVED, _DECORATION.sub("", text))


def _holds(sentence: str, table: ResultTable, asked: str, partial: bool, values_in: Callable[[str], list[str]]) -> bool:
    if _REMOVED in sentence or _CLAIMS.search(sentence):
        return False
    told = asked + "".join(c.label for c in table.columns)
    if any(word not in told for word in _RELATIONS.findall(_without_cells(sentence, table))):
        return False
    cells = {str(cell) for row in table.rows for cell in row}
    bare = _CITED.sub("", TOKEN.sub("", sentence))
    if any(value not in cells and value not in told for value in values_in(bare)):
        return False
    try:
        return _clauses_hold(_CITED.sub("", sentence), table, asked, partial)
    except Unsupported:
        return False


def _clauses_hold(sentence: str, table: ResultTable, asked: str, partial: bool) -> bool:
    """Each clause is about one row at least; a clause without a name goes on about the row before; something is said."""
    pending: list[Superlative] = []  # those that wait for what they are about
    before: frozenset[int] | None = None
    any_cell = False
    spoken: set[int] = set()  # columns whose numbers the sentence gives
    claims: list[tuple[frozenset[int], Superlative]] = []
    for clause in _CLAUSE.split(sentence):
        found = references(clause, table, asked)
        labelled = _labelled(clause, table)
        pending += _superlatives(clause, labelled, table, asked, partial)
        if not found:
            continue
        any_cell = True
        numbers = [r for r in found if r.number]
        if labelled and any(not r.columns & labelled for r in numbers):
            return False
        spoken |= {column for r in numbers for column in r.columns}
        rows = _common(found)
        if before is not None and len(numbers) == len(found):
            rows = rows & before
        if not rows:
            return False
        claims += [(rows, superlative) for superlative in pending]
        before, pending = rows, []
    return any_cell and not pending and all(_extreme(rows, claim, spoken, table) for rows, claim in claims)


def _common(found: list[Reference]) -> frozenset[int]:
    rows = found[0].rows
    for reference in found[1:]:
        rows = rows & reference.rows
    return rows


@dataclass(frozen=True)
class Superlative:
    """最高 (`most`) or 最低, of the columns that its clause names, if any."""

    most: bool
    columns: frozenset[int]


def _labelled(clause: str, table: ResultTable) -> frozenset[int]:
    """The columns of numbers that a clause names."""
    labels = [re.sub(r"[(（].*", "", c.label) for c in table.columns]
    return frozenset(
        i for i, c in enumerate(table.columns) if c.type == "number" and len(labels[i]) > 1 and labels[i] in clause
    )


def _superlatives(
    clause: str, labelled: frozenset[int], table: ResultTable, asked: str, partial: bool
) -> list[Superlative]:
    """The superlatives of a clause. Of a part of the data they may only echo the question."""
    words = [(m[0], True) for m in _MOST.finditer(clause)] + [(m[0], False) for m in _LEAST.finditer(clause)]
    if (partial or len(table.rows) < 2) and any(word not in asked for word, _ in words):
        raise Unsupported
    return [Superlative(most, labelled) for _, most in words]


def _extreme(rows: frozenset[int], claim: Superlative, spoken: set[int], table: ResultTable) -> bool:
    """Whether one of the rows holds the largest (smallest) number of a column that is spoken of, else of the first."""
    numeric = [i for i, c in enumerate(table.columns) if c.type == "number"]
    for index in claim.columns or spoken or numeric[:1]:
        numbers = [row[index] for row in table.rows if isinstance(row[index], int | float)]
        if numbers and any(table.rows[r][index] == (max(numbers) if claim.most else min(numbers)) for r in rows):
            return True
    return False


def _without_cells(sentence: str, table: ResultTable) -> str:
    """The sentence without names from the table, in which 无 or 都 is no claim (无锡, 成都)."""
    for row in table.rows:
        for cell in row:
            if isinstance(cell, str) and len(cell) > 1:
                sentence = sentence.replace(cell, "")
    return sentence
