"""The model's part in one turn: what it has done so far, and the way back to the rules when it fails."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.model.agreement import agree
from assistant.model.chat import ChatModel, ModelFailed
from assistant.model.deadline import Budget
from assistant.model.knowledge import knowledge_for
from assistant.model.query import Attempts
from assistant.model.resolving import may_lean, resolve
from assistant.model.wording import worded
from assistant.outcome import Answer, Outcome, Route
from assistant.planning.describe import describe
from assistant.planning.embedded import Candidate
from assistant.services import Services
from assistant.steps.route import asks_for_figures, plan_strength
from assistant.steps.understand import understand
from assistant.turn import Step, Turn
from prompts import Value
from tools.query.result import QueryFailed, QueryRefused, QueryResult

# From here on the rules' reading of a question is trusted above a model's that comes to something else.
STRONG = 0.85
# A question for figures that the rules cannot read is shown to the model when the catalogue has something this near.
NEAR = 0.25


@dataclass(frozen=True)
class RulesPlan:
    """What the rules would do: run when the model fails, compared with when it does not."""

    chosen: Candidate | None
    sql: str
    route: Route


class ModelPart:
    """Made for one turn. No method raises ModelFailed: a failure is noted, said in a warning, and ends the part."""

    def __init__(self, model: ChatModel, turn: Turn, services: Services) -> None:
        self.budget = Budget(services.settings.model_timeout_s)
        self.wrote = False  # the turn's SQL is the model's
        self.refused = False  # the step that just ran refused the model's SQL
        self._model = model
        self._turn = turn
        self._services = services
        self._attempts = Attempts()
        self._rules: RulesPlan | None = None
        self._knowledge: dict[str, Value] = {}
        self._failed = False

    def give_up(self, reason: str) -> None:
        """The rules answer from here on; the asker is told why."""
        self._failed = True
        self._turn.notes.append(f"{reason}，已改用内置规则回答")

    # -- resolving a follow-up ----------------------------------------------------------------------------------

    @property
    def wants_to_resolve(self) -> bool:
        """Whether the question may lean on an earlier one, and the rules have not resolved it."""
        return not self._failed and not self._turn.notes and may_lean(self._turn.text, self._turn.history)

    def resolve(self) -> None:
        """Put what the question leaves out into it. The result passes the same checks as a question typed in."""
        turn = self._turn
        try:
            text = resolve(turn.text, turn.history, self._model, self.budget)
        except ModelFailed as error:
            self.give_up(str(error))
            return
        if text == turn.text:
            return
        typed = replace(turn, question=text, text="", history=[], notes=[], timings={})
        if understand(typed, self._services) is None and not typed.notes:
            turn.text = typed.text
            turn.notes.append(f"按上一个问题理解为：“{typed.text}”")
            turn.detail = f"完整问题：{typed.text}"

    # -- writing SQL --------------------------------------------------------------------------------------------

    @property
    def wants_to_write(self) -> bool:
        """Whether the question is for the model to plan: for figures, and not answered by a reviewed query.

        A follow-up that was built from the state of the conversation says more than its wording does.
        """
        turn = self._turn
        if self._failed or turn.label == "verified" or turn.given is not None:
            return False
        if turn.route == "data":
            return True
        near = turn.datasets.confidence if turn.datasets and turn.datasets.hits else 0.0
        unread = turn.route in ("out_of_scope", "find_dataset") and asks_for_figures(turn.text)
        return unread and (near >= NEAR or bool(turn.planning and turn.planning.candidates))

    def write(self) -> None:
        """Put the model's next statement in the place of the rules'; the rules' comes back when there is none."""
        turn = self._turn
        assert turn.scoped is not None and turn.planning is not None
        self.refused = False
        if self._rules is None:
            self._rules = RulesPlan(turn.chosen, turn.sql, turn.route)
            self._knowledge = knowledge_for(turn.planning, turn.scoped, self._related())
        try:
            sql = self._attempts.next(turn.text, self._services.today, self._knowledge, self._model, self.budget)
        except ModelFailed as error:
            self._restore()
            self.give_up(str(error))
            return
        self.wrote = True
        turn.chosen, turn.sql = None, sql
        turn.label, turn.planner = "model", f"model:{self._model.name}"
        turn.detail = f"第{len(self._attempts.made)}次编写"

    def _related(self) -> dict[str, float]:
        """Tables by name, with how near the catalogue search finds them."""
        hits = self._turn.datasets.hits if self._turn.datasets else []
        scores = {hit.id: hit.score for hit in hits}
        assert self._turn.scoped is not None
        return {t.name: scores[t.dataset] for t in self._turn.scoped.model.tables if t.dataset in scores}

    def _restore(self) -> None:
        assert self._rules is not None
        turn = self._turn
        self.wrote = False
        turn.chosen, turn.sql, turn.route = self._rules.chosen, self._rules.sql, self._rules.route
        turn.label, turn.planner, turn.result = "rules", "embedded", None

    def guarded(self, step: Step) -> Outcome | None:
        """Run `check` or `run`. What it holds against the model's SQL goes back to the model and ends no turn."""
        turn = self._turn
        said = len(turn.notes)
        outcome = step(turn, self._services)
        if not self.wrote:
            return outcome
        findings = outcome.text if outcome is not None else "；".join(turn.notes[said:])
        del turn.notes[said:]
        if not findings and turn.result is not None and not turn.result.tables:
            findings = "语句没有读取任何数据表，结果不来自数据。"
        if findings:
            self._attempts.refused(findings)
            self.refused, turn.result = True, None
        return None

    # -- comparing with the rules -------------------------------------------------------------------------------

    def compare(self) -> None:
        """Set the model's result beside the rules'. Two ways to one result is the best sign that it is right.

        Where they differ, a reading of the rules that explains every word wins: it is the same every time and can be
        followed step by step. The asker is warned either way.
        """
        turn = self._turn
        assert turn.result is not None and turn.scoped is not None and self._rules is not None
        turn.route = "data"
        rules = self._rules_result()
        if rules is None:
            turn.explanation = "由模型编写查询语句，内置规则没有读懂这个问题"
            turn.notes.append("查询语句由模型编写，没有得到内置规则的印证，请核对语句")
            return
        assert self._rules.chosen is not None
        reading = describe(self._rules.chosen.reading.query, turn.scoped.model)
        same = agree(turn.result, rules)
        if same:
            turn.explanation = f"由模型编写查询语句；内置规则独立得到相同的结果，理解为：{reading}"
            turn.detail = "结果一致"
        elif same is None:
            turn.explanation = f"由模型编写查询语句；内置规则的理解为：{reading}"
            turn.detail = "结果太多，未能核对"
        elif self._rules_are_strong():
            self._restore()
            turn.result = rules
            turn.notes.append("模型编写的查询得到不同的结果，这里采用内置规则的结果，请核对查询语句")
            turn.detail = "结果不一致，采用内置规则的结果"
        else:
            turn.explanation = "由模型编写查询语句"
            turn.notes.append(f"内置规则的理解（{reading}）得到不同的结果，这里采用模型编写的查询，请核对查询语句")
            turn.detail = "结果不一致，采用模型的结果"

    def _rules_result(self) -> QueryResult | None:
        assert self._rules is not None and self._turn.scoped is not None
        if self._rules.chosen is None or not self._rules.sql:
            return None
        limits = self._services.settings
        try:
            return self._services.query.run(
                self._rules.sql,
                self._turn.scoped.scope,
                max_rows=limits.max_rows,
                timeout_s=limits.query_timeout_s,
                who=self._turn.principal.id,
            )
        except (QueryRefused, QueryFailed):
            return None

    def _rules_are_strong(self) -> bool:
        planning = self._turn.planning
        if planning is None or not planning.candidates or planning.unknown:
            return False
        return not planning.candidates[0].reading.unused and plan_strength(planning) >= STRONG

    # -- wording ------------------------------------------------------------------------------------------------

    def wants_to_word(self, outcome: Outcome | None) -> bool:
        """Whether there is a result for the model to put into words."""
        return (
            not self._failed
            and isinstance(outcome, Answer)
            and outcome.sql is not None
            and outcome.table is not None
            and bool(outcome.table.rows)
        )

    def word(self, outcome: Outcome | None) -> Outcome | None:
        """The answer with the model's sentences where its table bears them out, and as it was composed where not."""
        turn = self._turn
        assert isinstance(outcome, Answer) and turn.scoped is not None
        try:
            text = worded(turn.text, outcome, turn.scoped, self._model, self.budget)
        except ModelFailed as error:
            turn.notes.append(f"{error}，文字已改由内置规则整理")
            return outcome
        if not text:
            turn.notes.append("模型写的说明没有通过与结果的核对，文字已改由内置规则整理")
            return outcome
        turn.detail = "已与结果核对"
        return outcome.model_copy(update={"text": text})
