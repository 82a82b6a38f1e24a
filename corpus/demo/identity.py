"""Invented persons and organisations: names, identity numbers, phones, addresses, credit codes.

Numbers pass their check digits and yet can belong to nobody: region codes that begin with 99 are given to no place,
and the phone prefixes used here to no carrier.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from corpus.demo.world import draw, join, pick

SURNAMES = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
GIVEN = tuple(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰春梅志国建文辉力峰红云龙鑫宇浩然子轩欣怡雨晨思远嘉诚佳琪梓涵一诺俊熙博瑞雅婷晓东海燕秀珍淑慧立新永康家豪少波振宁启明書承远若溪清泽".replace(
        "書", "书"
    )
)
PHONE_PREFIXES = ("1430", "1431", "1432", "1433", "1540", "1541", "1542", "1543")
IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_CHECKS = np.array(list("10X98765432"), dtype=object)
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def person_names(rng: np.random.Generator, count: int) -> Any:
    """Names of two or three characters; common surnames are common."""
    family = pick(SURNAMES, draw(rng, len(SURNAMES), count, 1 / (np.arange(len(SURNAMES)) + 8.0)))
    second = np.array((*GIVEN, ""), dtype=object)
    index = np.where(rng.random(count) < 0.18, len(GIVEN), rng.integers(0, len(GIVEN), count))
    return join(family, pick(GIVEN, rng.integers(0, len(GIVEN), count)), pick(second, index))


def identity_numbers(regions: np.ndarray, births: np.ndarray, female: np.ndarray) -> Any:
    """18-digit identity numbers, all different: region (int, 99xxxx), birth (datetime64[D]), sequence, check digit.

    The sequence number is odd for men and even for women; ValueError when one day and region has 499 or more of a sex.
    """
    ymd = _ymd(births)
    group = (regions.astype(np.int64) * 100_000_000 + ymd) * 2 + female
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.r_[True, ordered[1:] != ordered[:-1]]
    position = np.arange(len(group)) - np.maximum.accumulate(np.where(starts, np.arange(len(group)), 0))
    rank = np.empty(len(group), np.int64)
    rank[order] = position
    if len(rank) and rank.max() >= 499:
        raise ValueError("too many persons born on one day in one region")
    # Every day and place starts counting somewhere else; 000 and 999 are not used.
    sequence = (rank + group * 7919 % 499) % 499 * 2 + np.where(female, 2, 1)
    body = (regions.astype(np.int64) * 100_000_000 + ymd) * 1000 + sequence
    digits = body[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64) % 10
    check = IDENTITY_CHECKS[(digits @ np.array(IDENTITY_WEIGHTS)) % 11]
    return join(pa.array(body).cast(pa.string()), pa.array(check))


def identity_is_valid(value: str) -> bool:
    """Whether an 18-digit identity number passes its check digit."""
    if len(value) != 18 or not value[:17].isdigit():
        return False
    total = sum(int(d) * w for d, w in zip(value, IDENTITY_WEIGHTS, strict=False))
    return bool(IDENTITY_CHECKS[total % 11] == value[17])


def _ymd(births: np.ndarray) -> np.ndarray:
    years = births.astype("datetime64[Y]").astype(np.int64) + 1970
    months = births.astype("datetime64[M]").astype(np.int64) % 12 + 1
    days = (births - births.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    result: np.ndarray = years * 10_000 + months * 100 + days
    return result


def phones(rng: np.random.Generator, count: int) -> Any:
    """Mobile numbers of 11 digits."""
    prefix = pick(PHONE_PREFIXES, rng.integers(0, len(PHONE_PREFIXES), count))
    return join(prefix, pa.array(rng.integers(1_000_000, 10_000_000, count)).cast(pa.string()))


def landlines(rng: np.random.Generator, count: int) -> Any:
    """Office numbers with the city's invented area code."""
    return join("0990-", pa.array(rng.integers(2_000_000, 9_000_000, count)).cast(pa.string()))


def addresses(rng: np.random.Generator, district: Any, street: Any) -> Any:
    """云澜市云湖区湖滨街道春熙路12号, for districts and streets given row by row."""
    count = len(street)
    return join("云澜市", district, street, roads(rng, count), numbers_to_text(rng.integers(1, 400, count)), "号")


ROAD_FIRST = "云澜望青锦新东安松长春和平文明兴华康泰福永光明湖滨江天府学海金玉清凤龙梅兰竹桂柳枫"
ROAD_SECOND = "山水湖江阳光宁德仁义和平兴盛泰安康华园林泉溪桥门庭苑岭塘浦屏城"


def roads(rng: np.random.Generator, count: int) -> Any:
    """Road names: 锦泉路, 长安大道."""
    kinds = ("路", "街", "大道", "巷")
    return join(
        pick(tuple(ROAD_FIRST), rng.integers(0, len(ROAD_FIRST), count)),
        pick(tuple(ROAD_SECOND), rng.integers(0, len(ROAD_SECOND), count)),
        pick(kinds, draw(rng, 4, count, (60, 22, 10, 8))),
    )


def numbers_to_text(values: np.ndarray) -> Any:
    return pa.array(values).cast(pa.string())


def credit_codes(regions: np.ndarray, first: int = 0, authority: str = "91") -> Any:
    """统一社会信用代码: authority and kind (91 enterprise), region, organisation code with check, check character.

    `first` is where the organisation serials start: ranges that do not overlap give codes that never collide.
    """
    count = len(regions)
    serial = (np.arange(first, first + count, dtype=np.int64) * 7919 + 10_000_019) % 89_999_999 + 10_000_000
    digits = serial[:, None] // 10 ** np.arange(7, -1, -1, dtype=np.int64) % 10
    remainder = (11 - (digits @ np.array(ORGANISATION_WEIGHTS)) % 11) % 11
    organisation_check = np.where(remainder == 10, ORGANISATION_ALPHABET.index("X"), remainder)
    region_digits = regions.astype(np.int64)[:, None] // 10 ** np.arange(5, -1, -1, dtype=np.int64) % 10
    head = np.tile([CREDIT_ALPHABET.index(c) for c in authority], (count, 1))
    check_as_credit = np.where(organisation_check == 33, CREDIT_ALPHABET.index("X"), organisation_check)
    body = np.hstack([head, region_digits, digits, check_as_credit[:, None]])
    last = (31 - (body @ np.array(CREDIT_WEIGHTS)) % 31) % 31
    letters = np.array(list(CREDIT_ALPHABET), dtype="U1")
    text = letters[np.hstack([body, last[:, None]])]
    return pa.array(np.ascontiguousarray(text).view("U18").ravel().astype(object))


def credit_code_is_valid(value: str) -> bool:
    """Whether an 18-character credit code passes its check character."""
    if len(value) != 18 or any(c not in CREDIT_ALPHABET for c in value):
        return False
    total = sum(CREDIT_ALPHABET.index(c) * w for c, w in zip(value, CREDIT_WEIGHTS, strict=False))
    return CREDIT_ALPHABET[(31 - total % 31) % 31] == value[17]
