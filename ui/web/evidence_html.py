"""The evidence panel of one turn: numbered sources, the query, how long each step took."""

from __future__ import annotations

from ui.web.format import milliseconds
from ui.web.markup import Markup, h
from ui.web.view import Badge, Source, TurnView


def evidence_html(view: TurnView, key: str) -> Markup | None:
    """The panel, or None when the turn rests on no source and ran no query."""
    if not (view.sources or view.sql):
        return None
    panel = f"evidence-{key}"
    count = f"{len(view.sources)} 个来源" if view.sources else "查询语句"
    return h(
        "aside",
        h(
            "button",
            h("span", "依据"),
            h("small", count),
            type="button",
            class_="evidence-head",
            data_toggle=panel,
            aria_expanded="false",
            aria_controls=panel,
        ),
        h(
            "div",
            h("ol", [_source(source, key) for source in view.sources], class_="sources") if view.sources else None,
            _sql(view.sql, key) if view.sql else None,
            _footer(view),
            id=panel,
            class_="evidence-body",
        ),
        class_="evidence",
        aria_label="依据",
    )


def badge_html(badge: Badge) -> Markup:
    return h("span", badge.text, class_=f"badge {badge.tone}", title=badge.note or None)


def _source(source: Source, key: str) -> Markup:
    facts = [h("div", h("dt", label), h("dd", value)) for label, value in source.facts]
    return h(
        "li",
        h(
            "div",
            h("span", source.n, class_="number-mark"),
            h("span", source.kind, class_="source-kind"),
            class_="source-top",
        ),
        h("div", source.title, h("span", source.locator) if source.locator else None, class_="source-title"),
        h("div", [badge_html(b) for b in source.badges], class_="badges") if source.badges else None,
        h("blockquote", source.quote) if source.quote else None,
        h("dl", facts, class_="facts") if facts else None,
        id=f"source-{key}-{source.n}",
        tabindex="-1",
    )


def _sql(sql: str, key: str) -> Markup:
    return h(
        "details",
        h("summary", "查询语句（SQL）"),
        h("pre", h("code", sql, id=f"sql-{key}")),
        h("button", "复制 SQL", type="button", class_="small", data_copy=f"sql-{key}"),
        class_="sql",
    )


def _footer(view: TurnView) -> Markup | None:
    lines = [h("div", h("dt", label), h("dd", value)) for label, value in view.versions]
    if view.timings:
        total = sum(ms for _, ms in view.timings)
        lines.append(h("div", h("dt", "用时"), h("dd", milliseconds(total))))
    return h("dl", lines, class_="facts versions") if lines else None
