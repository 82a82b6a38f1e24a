"""Which deadlines hold where and since when: the rules of rules.yaml, and those that an owner adds in the workspace."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.catalog import SharingClass

OWN_RULES = "deadline_rules.yaml"  # in the workspace, in the form of the file beside this one
NATIONAL = "national"


class RuleError(Exception):
    """A file of rules cannot be used; the message is a Chinese sentence."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limit(_Part):
    """So many working days, by which article; `origin` says from what when it can be either."""

    days: int = Field(ge=0, le=250)
    article: str = ""
    note: str = ""
    document: str = ""  # when it is not the rule's own
    origin: Literal["reply", "receipt"] = Field(default="reply", alias="from")
    ask_before: int = 0  # working days before the limit by which more time must be asked for


class ByClass(_Part):
    unconditional: Limit
    conditional: Limit

    def of(self, sharing: SharingClass | None) -> Limit:
        return self.unconditional if sharing is SharingClass.UNCONDITIONAL else self.conditional


class Starts(_Part):
    when: Literal["next_working_day"] = "next_working_day"
    article: str = ""
    note: str = ""


class SupplementRule(_Part):
    ask_within: int | None = None
    supply_within: int | None = None
    pauses: bool = False
    within_rule: str = ""
    article: str = ""
    note: str = ""


class Rule(_Part):
    """The deadlines of one region. Where a part is None, the rule that it follows decides."""

    id: str
    region: str = ""  # empty: the whole country
    title: str
    number: str = ""
    in_force: date
    ended: date | None = None  # the first day on which it no longer holds
    status: Literal["confirmed", "secondary", "demo", "own"] = "own"
    follows: str = ""
    starts: Starts = Field(default_factory=lambda: Starts())
    reply: ByClass
    extension: Limit | None = None
    deliver: ByClass
    correct: Limit | None = None
    supplement: SupplementRule | None = None
    remind_end: Limit | None = None
    records_years: int | None = None

    def cite(self, part: Limit | SupplementRule | Starts) -> str:
        """《title》article of one part."""
        document = getattr(part, "document", "") or self.title
        return f"《{document}》{part.article}"

    def holds_on(self, day: date) -> bool:
        return self.in_force <= day and (self.ended is None or day < self.ended)


class RuleBook(BaseModel):
    """All rules by id. `place`: the region of entries that do not name one."""

    model_config = ConfigDict(frozen=True)

    rules: dict[str, Rule]
    place: str = ""

    @property
    def national(self) -> Rule:
        return self.rules[NATIONAL]

    def rule_for(self, region: str, day: date) -> Rule:
        """What holds in `region` on `day`: its own rule, that of the province it names, else the national one."""
        place = region.strip() or self.place
        here = [r for r in self.rules.values() if r.region and place.startswith(r.region) and r.holds_on(day)]
        return max(here, key=lambda rule: (len(rule.region), rule.in_force), default=self.national)

    def above(self, rule: Rule) -> Rule:
        """The rule that fills what `rule` leaves open."""
        return self.rules.get(rule.follows, self.national)

    def extension(self, rule: Rule) -> Limit:
        found = rule.extension or self.above(rule).extension
        assert found is not None  # the national rule has it
        return found

    def correct(self, rule: Rule) -> Limit:
        found = rule.correct or self.above(rule).correct
        assert found is not None
        return found

    def supplement(self, rule: Rule) -> SupplementRule:
        return rule.supplement or self.above(rule).supplement or SupplementRule()

    def owner(self, rule: Rule, part: str) -> Rule:
        """Whose part it is: the rule's own, or that of the rule which it follows."""
        return rule if getattr(rule, part) is not None else self.above(rule)

    def records_years(self, rule: Rule) -> int:
        return max(rule.records_years or 0, self.national.records_years or 0)


@cache
def shipped_rules() -> RuleBook:
    return RuleBook(rules=_read(Path(__file__).with_name("rules.yaml")))


def load_rules(folder: Path, place: str = "") -> RuleBook:
    """The shipped rules with those of the workspace at `folder` above them. RuleError says what is wrong with its file."""
    path = folder / OWN_RULES
    own = _read(path) if path.exists() else {}
    return RuleBook(rules={**shipped_rules().rules, **own}, place=place)


def _read(path: Path) -> dict[str, Rule]:
    try:
        data: Any = yaml.safe_load(path.read_text("utf-8"))
        listed = data["rules"]
        rules = [Rule.model_validate(entry) for entry in listed]
    except OSError as error:
        raise RuleError(f"期限规则 {path} 无法读取：{error.strerror}。请检查权限。") from error
    except ValidationError as error:
        where = "、".join(".".join(str(p) for p in e["loc"]) or "整条" for e in error.errors())
        raise RuleError(f"期限规则 {path} 里有一条写得不对：{where}。请对照自带的 rules.yaml 改正。") from error
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise RuleError(
            f"期限规则 {path} 不是合格的 YAML：最外层要有 rules 列表。请对照自带的 rules.yaml 改正。"
        ) from error
    return {rule.id: rule for rule in rules}
