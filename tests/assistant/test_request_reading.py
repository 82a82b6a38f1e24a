"""What is heard in words for a share request: periods, bases, wishes, and what no words can change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.requesting.citing import verified
from assistant.requesting.clauses import plain
from assistant.requesting.names import CatalogueNames
from assistant.requesting.needs import Selection, follow, select
from assistant.requesting.periods import last_day, read_period, says_only_time
from assistant.requesting.reading import Reader, read
from assistant.requesting.said import Cited, ItemWish
from corpus.catalog import DataItem, Dataset, Sensitivity
from corpus.policy import Article, DocumentLevel, PolicyDocument

TODAY = date(2026, 7, 1)
TEXTS = [
    PolicyDocument(
        id="new",
        title="云澜市公共数据管理办法",
        region="云澜市",
        effective=date(2024, 5, 1),
        articles=[Article(locator=f"第{n}条", text=f"第{n}条　内容{n}。") for n in ("一", "二", "三")],
    ),
    PolicyDocument(
        id="old", title="云澜市公共数据暂行办法", superseded_by="new", articles=[Article(locator="第一条", text="旧")]
    ),
    PolicyDocument(
        id="digest",
        title="要点",
        level=DocumentLevel.DIGEST,
        articles=[Article(locator="数据安全法 第二十一条", text="要点：分级。")],
    ),
]
ENTRY = Dataset(id="d1", title="居住证办理信息", code="105001/00007", publisher="云澜市公安局")
READER = Reader(TODAY, [d.title for d in TEXTS], CatalogueNames({"d1": ENTRY}))


@pytest.mark.parametrize(
    ("words", "starts", "ends", "months"),
    [
        ("到明年底", None, date(2027, 12, 31), 0),
        ("半年", None, None, 6),
        ("一年半", None, None, 18),
        ("2026年7月至12月", date(2026, 7, 1), date(2026, 12, 31), 0),
        ("2026年11月至3月", date(2026, 11, 1), date(2027, 3, 31), 0),
        ("自2026年8月1日起至2026年10月31日止", date(2026, 8, 1), date(2026, 10, 31), 0),
        ("2027年第一季度", date(2027, 1, 1), date(2027, 3, 31), 0),
        ("2026年下半年", date(2026, 7, 1), date(2026, 12, 31), 0),
        ("用到今年10月底", None, date(2026, 10, 31), 0),
        ("截至2027-02-28", None, date(2027, 2, 28), 0),
        ("从2026年9月起一年", date(2026, 9, 1), date(2027, 8, 31), 0),
    ],
)
def test_periods_as_people_say_them(words: str, starts: date | None, ends: date | None, months: int) -> None:
    period = read_period(words, TODAY)
    assert period is not None
    assert (period.starts, period.ends, period.months) == (starts, ends, months)
    assert period.quote in words
    assert says_only_time(words, TODAY)


@pytest.mark.parametrize(
    "words", ["去年各区有多少所学校", "每月更新一次", "近三年的数据", "第三季度以来的第一名", "2月30日"]
)
def test_other_times_are_no_period_of_use(words: str) -> None:
    assert not says_only_time(words, TODAY)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 60))
def test_a_length_ends_the_day_before_it_would_begin_again(first: date, months: int) -> None:
    last = last_day(first, months)
    following = last + timedelta(days=1)
    assert (following.year * 12 + following.month) - (first.year * 12 + first.month) in (
        months,
        months + (following.day == 1 and first.day > 28),
    )
    assert last >= first


@settings(max_examples=150)
@given(
    st.text(
        alphabet="申请共享数据用于依据《》第九十条半年到明年底只要去掉姓名接口联系人张三0123456789，。、：（）改成无条件 \n",
        max_size=60,
    ),
    st.booleans(),
)
def test_any_words_can_be_read_and_nothing_is_made_up(text: str, first: bool) -> None:
    said = read(text, READER, first=first, asked="" if first else "use_scope")
    spoken = "".join(c for c in plain(text) if c.isalnum())
    for heard in said.heard:
        if heard.field not in ("method", "contact"):
            assert "".join(c for c in heard.value if c.isalnum()) in spoken


def test_one_sentence_with_everything() -> None:
    said = read(
        "申请居住证办理信息用于入学资格核验，依据《云澜市公共数据管理办法》第二条，限招生科在报名平台使用，走接口，每天更新，"
        "用完删除，加密传输，一年，联系人王芳，电话0990-3456789",
        READER,
        first=True,
    )
    heard = {h.field: h.value for h in said.heard}
    assert heard == {
        "scenario": "入学资格核验",
        "use_scope": "招生科在报名平台",
        "method": "服务接口",
        "frequency": "每天更新",
        "disposal": "用完删除",
        "security": "加密传输",
        "contact": "王芳 0990-3456789",
    }
    assert said.period is not None
    assert said.period.months == 12
    assert [(c.title, c.locators) for c in said.cited] == [("云澜市公共数据管理办法", ("第二条",))]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("把共享属性改成无条件共享", "sharing"),
        ("级别标成一般数据", "level"),
        ("提供部门改成市教育局", "provider"),
        ("申请部门填市公安局", "department"),
        ("经办人写李四", "officer"),
        ("直接审批通过", "decision"),
        ("把状态改成已同意", "decision"),
    ],
)
def test_what_no_words_can_change(words: str, what: str) -> None:
    said = read(words, READER, first=False)
    assert what in said.fixed
    assert not said.heard
    assert not said.items


@pytest.mark.parametrize("words", ["用于考生身份核验", "依据工作职责", "去掉身份证号", "使用时限到2027年底"])
def test_ordinary_words_change_nothing_fixed(words: str) -> None:
    assert read(words, READER, first=False).fixed == ()


@pytest.mark.parametrize(
    ("cited", "verdict", "basis"),
    [
        (Cited("云澜市公共数据管理办法", ("第二条",)), "found", True),
        (Cited("公共数据管理办法", ("第二条",)), "found", True),
        (Cited("云澜市公共数据管理办法", ("第九条",)), "no_such_article", False),
        (Cited("数据安全法", ("第九十九条",)), "no_such_article", False),
        (Cited("中华人民共和国数据安全法", ("第二十一条",)), "restated", True),
        (Cited("某某条例", ("第三条",)), "unknown_text", True),
        (Cited("云澜市公共数据暂行办法", ("第一条",)), "ended", False),
        (Cited("云澜市公共数据管理办法"), "no_article", True),
        (Cited(duty="三定规定中的招生职责"), "duty", True),
        (Cited(vague=True), "vague", False),
    ],
)
def test_a_basis_is_looked_up(cited: Cited, verdict: str, basis: bool) -> None:
    (found,) = verified(cited, TEXTS, TODAY)
    assert found.verdict == verdict
    assert (found.basis is not None) == basis
    assert verdict == "found" or found.note
    if verdict == "found":
        assert found.basis is not None
        assert found.basis.quote == "第二条　内容二。"


PERSON = [
    DataItem(name="姓名", sensitivity=Sensitivity.NAME),
    DataItem(name="身份证件号码", sensitivity=Sensitivity.IDENTITY_NUMBER),
    DataItem(name="手机号码", sensitivity=Sensitivity.PHONE),
    DataItem(name="家庭住址", sensitivity=Sensitivity.ADDRESS),
    DataItem(name="银行账号", sensitivity=Sensitivity.ACCOUNT),
    DataItem(name="既往病史", sensitivity=Sensitivity.OTHER),
    DataItem(name="所属区"),
]


@pytest.mark.parametrize(
    ("purpose", "wanted"),
    [
        ("", ["所属区"]),
        ("学位预测", ["所属区"]),
        ("入学资格核验", ["姓名", "身份证件号码", "所属区"]),
        ("补贴发放", ["姓名", "身份证件号码", "银行账号", "所属区"]),
        ("慢性病患者随访", ["姓名", "身份证件号码", "手机号码", "既往病史", "所属区"]),
        ("危房群众转移", ["姓名", "身份证件号码", "家庭住址", "所属区"]),
    ],
)
def test_only_what_the_purpose_needs(purpose: str, wanted: list[str]) -> None:
    chosen = select(PERSON, purpose)
    assert [i.name for i in chosen.wanted] == wanted
    assert all(i.reason for i in chosen.left_out)
    assert len(chosen.wanted) + len(chosen.left_out) == len(PERSON)


def test_wishes_are_followed_where_the_entry_has_the_item() -> None:
    now = select(PERSON, "入学资格核验")
    assert _names(follow(PERSON, now, ItemWish("only", "姓名和所属区", ""), "")) == ["姓名", "所属区"]
    assert _names(follow(PERSON, now, ItemWish("drop", "身份证号", ""), "")) == ["姓名", "所属区"]
    more = follow(PERSON, now, ItemWish("add", "联系电话、血型", ""), "入学资格核验")
    assert _names(more) == ["姓名", "身份证件号码", "手机号码", "所属区"]
    assert more.lost == ("血型",)
    assert _names(follow(PERSON, now, ItemWish("all", "全部数据项", ""), "")) == _names(now)


def _names(selection: Selection) -> list[str]:
    return [item.name for item in selection.wanted]
