"""Columns that hold personal data, told from values first and names second."""

from __future__ import annotations

import re

from corpus.catalog import Sensitivity
from corpus.drafting.labels import Header, words
from corpus.drafting.profiles import ColumnProfile, TableProfile

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY = re.compile(r"^[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$")
_PHONE = re.compile(r"^(?:\+?86[- ]?)?1[3-9]\d{9}$")
_IDENTITY_NAME = re.compile(r"身份证|证件号|公民身份号码|护照")
_PHONE_NAME = re.compile(r"手机|联系电话|联系方式")
_ACCOUNT_NAME = re.compile(r"银行账[号户]|银行卡|卡号")
_PERSON_NAME = re.compile(r"姓名$|^(?:申请人|联系人|患者|当事人|户主|法人姓名)$")
_ADDRESS_NAME = re.compile(r"住址|家庭地址|户籍地址|居住地址|通[讯信]地址|^地址$|详细地址")


def sensitivities(profile: TableProfile, headers: dict[str, Header]) -> dict[str, Sensitivity]:
    """The sensitivity of each column. A name or an address counts as personal where the row also holds a person's number or phone."""
    found = {c.name: _by_value(c, headers[c.name].label) for c in profile.columns}
    if any(s in (Sensitivity.IDENTITY_NUMBER, Sensitivity.PHONE) for s in found.values()):
        for name, sensitivity in found.items():
            label = headers[name].label
            if sensitivity is Sensitivity.NONE and _PERSON_NAME.search(label):
                found[name] = Sensitivity.NAME
            elif sensitivity is Sensitivity.NONE and _ADDRESS_NAME.search(label):
                found[name] = Sensitivity.ADDRESS
    return found


def _by_value(column: ColumnProfile, label: str) -> Sensitivity:
    texts = column.texts[:100]
    if texts and sum(map(is_identity_number, texts)) * 2 > len(texts):
        return Sensitivity.IDENTITY_NUMBER
    if texts and sum(bool(_PHONE.match(t)) for t in texts) * 2 > len(texts):
        return Sensitivity.PHONE
    masked = any("*" in t for t in texts)
    english = words(column.name)
    if _IDENTITY_NAME.search(label) and (masked or any(any(ch.isdigit() for ch in t) for t in texts)):
        return Sensitivity.IDENTITY_NUMBER
    if _PHONE_NAME.search(label) or "mobile" in english or "phone" in english:
        return Sensitivity.PHONE
    if _ACCOUNT_NAME.search(label):
        return Sensitivity.ACCOUNT
    return Sensitivity.NONE


def is_identity_number(text: str) -> bool:
    """A resident identity number (GB 11643) whose check digit holds."""
    if not _IDENTITY.match(text):
        return False
    total = sum(int(d) * w for d, w in zip(text, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()
