"""The model's SQL for one question: the first try, and at most two more after the gate or the database refused it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from assistant.model.chat import NO_REPLY, ChatModel, ModelFailed
from assistant.model.deadline import Budget
from assistant.model.reply import sql_in
from prompts import Value, load

REPAIRS = 2
UNUSABLE = "模型没有写出可用的查询"


@dataclass
class Attempt:
    """One statement, and what was held against it: Chinese sentences that name nothing hidden and carry no data."""

    sql: str
    findings: str = ""


@dataclass
class Attempts:
    """All statements of one turn. The same statement twice ends it: a model that repeats itself will not get further."""

    made: list[Attempt] = field(default_factory=list)

    def next(self, question: str, today: date, knowledge: dict[str, Value], model: ChatModel, budget: Budget) -> str:
        """The next statement to try. ModelFailed when there is none, or no time or try is left."""
        if len(self.made) > REPAIRS:
            raise ModelFailed(UNUSABLE)
        if budget.remaining_s <= 0:
            raise ModelFailed(NO_REPLY)
        slots: dict[str, Value] = {"question": question, "today": today.isoformat(), **knowledge}
        if self.made:
            last = self.made[-1]
            prompt = load("repair_sql", statement=last.sql, findings=last.findings, **slots)
        else:
            prompt = load("write_sql", **slots)
        sql = sql_in(model.reply(prompt, budget.remaining_s))
        if not sql or _plain(sql) in {_plain(a.sql) for a in self.made}:
            raise ModelFailed(UNUSABLE)
        self.made.append(Attempt(sql))
        return sql

    def refused(self, findings: str) -> None:
        """Note what was held against the last statement."""
        self.made[-1].findings = findings


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip().lower()
