"""A conversation as a Markdown file. Text from data is escaped: opened anywhere, it shows as it is written."""

from __future__ import annotations

import re

from assistant.outcome import Outcome, ResultTable
from ui.web.format import cell_text
from ui.web.markup import clean
from ui.web.present import turn_view
from ui.web.view import Mark, TurnView

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~=:/@$])")
_ROWS = 200


def plain(text: str) -> str:
    """Text for Markdown: no markup, no link, no picture, one line."""
    signs = _SPECIAL.sub(r"\\\1", " ".join(clean(text).split()))
    return signs.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def transcript(title: str, outcomes: list[Outcome]) -> str:
    """All turns with their tables, sources and queries."""
    parts = [f"# {plain(title or '对话记录')}", ""]
    for number, outcome in enumerate(outcomes, start=1):
        parts += _turn(number, turn_view(outcome))
    return "\n".join(parts).rstrip() + "\n"


def _turn(number: int, view: TurnView) -> list[str]:
    text = "".join(f"[{p.n}]" if isinstance(p, Mark) else p for p in view.text)
    lines = [
        f"## {number}. {plain(view.question)}",
        "",
        "（" + "，".join(plain(b.text) for b in view.badges) + "）",
        "",
    ]
    lines += [paragraph for line in text.splitlines() if line.strip() for paragraph in (plain(line), "")]
    lines += [f"- 我的理解：{plain(view.explanation)}"] if view.explanation else []
    lines += [f"- 提示：{plain(warning)}" for warning in view.warnings]
    lines += [f"- 可选：{plain(option.label)}" for option in view.options]
    lines += [f"- {plain(f.label)}：{'待填写' if f.missing else plain(f.value)}" for f in view.fields]
    lines += [f"- {'符合' if ok else '不符合'}：{plain(rule)} {plain(note)}".rstrip() for ok, rule, note in view.checks]
    if view.table and view.table.columns:
        lines += ["", *_table(view.table)]
    if view.sources:
        lines += ["", "来源：", ""]
        lines += [_source_line(s.n, s.kind, f"{s.title} {s.locator}".strip(), s.facts, s.quote) for s in view.sources]
    if view.sql:
        fence = "`" * (max((len(run) for run in re.findall("`+", view.sql)), default=2) + 1)
        lines += ["", f"{fence}sql", clean(view.sql), fence]
    return [*lines, ""]


def _source_line(n: int, kind: str, title: str, facts: list[tuple[str, str]], quote: str) -> str:
    more = "，".join(f"{label} {plain(value)}" for label, value in facts)
    quoted = f"：「{plain(quote)}」" if quote else ""
    return f"{n}. {kind}《{plain(title)}》{f'（{more}）' if more else ''}{quoted}"


def _table(table: ResultTable) -> list[str]:
    heads = [plain(f"{c.label or c.name}（{c.unit}）" if c.unit else c.label or c.name) for c in table.columns]
    rows = [[plain(cell_text(v, c)) for v, c in zip(row, table.columns, strict=False)] for row in table.rows[:_ROWS]]
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *(f"| {' | '.join(row)} |" for row in rows)]
    if len(table.rows) > _ROWS:
        lines += ["", f"表中只列前 {_ROWS} 行，共 {table.row_count} 行。"]
    return lines
