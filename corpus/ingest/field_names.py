"""What catalogues call the fields of a dataset, in Chinese (either script) and English."""

from __future__ import annotations

import re
from functools import cache

from corpus.ingest.scripts import simplified

# Our field → its names, the most telling first: when a catalogue has several of them, the first that is filled wins.
# Names are in simplified characters after `canonical`: 資料 is read as 数据, 欄位 as 字段, 檔案 as 文件.
SYNONYMS: dict[str, list[str]] = {
    "id": [
        "数据集编号", "数据集编码", "数据集代码", "数据集id", "目录编码", "目录编号", "目录代码", "目录id", "数据目录代码", "数据目录编码",
        "资源编码", "资源代码", "资源编号", "资源id", "信息资源代码", "信息资源编码", "数据编号", "数据id", "数据集识别码", "数据资源编码",
        "identifier", "datasetid", "resourceid", "catalogid", "cataid", "uuid", "guid", "uid", "id",
    ],
    "title": [
        "数据集名称", "数据目录名称", "信息资源名称", "目录名称", "资源名称", "数据名称", "数据资源名称", "资源标题", "数据集标题", "资源信息名称",
        "数据集", "名称", "标题", "title", "datasetname", "datasettitle", "resourcename", "catalogname", "cataname", "subjectbasename", "name",
    ],
    "code": ["信息资源分类编码", "分类编码", "分类代码", "资源分类编码"],
    "category": [
        "资源分类", "信息资源分类", "目录分类", "数据分类", "分类", "类别", "所属类目", "类目", "分类及编号", "服务分类", "数据集分类", "服务类别",
        "category", "categories", "industrycategory", "catalogcategory",
    ],
    "topic": [
        "主题", "主题分类", "主题名称", "主题领域", "所属主题", "数据主题", "国家主题分类", "领域", "数据领域", "所属领域", "领域分类", "领域名称", "重点领域",
        "专题", "主题标签", "主题类型", "theme", "themes", "topic", "topics", "subject", "fieldname", "groups", "domain",
    ],
    "publisher": [
        "提供单位", "提供部门", "提供机构", "提供方", "数据集提供机关", "数据提供单位", "数据提供部门", "数据提供方", "数据提供机关", "提供机关", "信息资源提供方",
        "信息资源提供方名称", "来源部门", "数据来源部门", "数源单位", "数源部门", "资源提供单位", "资源提供方", "资源提供部门", "资源所有权单位", "开放部门", "开放单位",
        "发布部门", "发布单位", "发布机构", "所属部门", "所属单位", "所属机构", "责任单位", "责任部门", "主管部门", "主办单位", "业务主管部门", "部门名称", "机构名称",
        "单位名称", "数据提供方单位", "资源提供单位信息", "数据来源", "资源来源", "来源单位", "部门", "单位", "机构", "publisher", "organization",
        "organisation", "orgname", "department", "agency", "provider", "datasource", "maintainer", "author", "creator",
    ],
    "publisher_code": ["提供单位代码", "提供方代码", "信息资源提供方代码", "提供部门代码", "机构代码", "部门代码", "统一社会信用代码", "orgcode"],
    "region": ["地区", "区域", "行政区划", "行政区域", "所属地区", "省份", "省市", "城市", "县市", "所属城市", "所属区县", "区县", "行政区", "region", "city", "province", "spatial"],
    "summary": [
        "摘要", "数据摘要", "资源摘要", "目录摘要", "信息资源摘要", "摘要信息", "摘要描述", "描述", "数据集描述", "数据描述", "资源描述", "内容描述", "简介", "内容简介",
        "数据集简介", "数据简介", "数据集说明", "数据说明", "资源简介", "资源说明", "概述", "description", "notes", "summary", "abstract", "datasetdescription",
        "tableremark", "remark", "备注", "说明",
    ],
    "keywords": [
        "关键字", "关键词", "标签", "数据标签", "资源标签", "关键字说明", "标签关键字", "关键字标签", "数据集标签", "keyword", "keywords", "tag", "tags", "label", "labels",
    ],
    "industry": ["所属行业", "行业", "行业分类", "行业名称", "行业类型", "数据行业", "国民经济行业", "industry", "industryfield"],
    "items": [
        "数据项", "数据项信息", "信息项", "信息项信息", "信息项名称", "字段", "字段名称", "字段说明", "主要字段", "主要字段说明", "数据字段", "字段列表", "数据项名称", "包含字段",
        "fields", "columns", "dataitems", "columnnames", "columnsname",
    ],
    "formats": [
        "数据格式", "资源格式", "文件格式", "格式", "信息资源格式", "文件类型", "格式类型", "数据文件格式", "下载格式", "数据下载", "资源类型", "数据类型", "dataformats", "dataformat",
        "format", "formats", "fileformat", "mediatype", "resourcetype",
    ],
    "url": [
        "链接", "网址", "链接地址", "数据连结网址", "数据链接", "数据集网址", "详情页网址", "资源链接", "数据集链接", "访问地址", "路径", "url", "link", "landingpage", "homepage",
        "permalink",
    ],
    "download": ["下载地址", "下载链接", "数据下载网址", "downloadurl", "accessurl"],
    "sharing": ["共享属性", "共享类型", "共享类别", "共享等级", "共享级别", "sharetype", "shareattribute", "sharingclass", "sharing"],
    "sharing_condition": ["共享条件", "共享条件说明", "共享范围", "使用条件", "使用要求", "sharecondition"],
    "sharing_basis": ["不予共享依据", "不予共享的依据", "不共享依据", "共享依据", "不予共享理由", "不予共享法律依据"],
    "sharing_method": ["共享方式", "共享方式分类", "共享方式类型", "共享途径", "sharemethod", "shareway"],
    "opening": [
        "开放属性", "开放类型", "开放状态", "开放等级", "开放级别", "开放方式", "是否开放", "是否向社会开放", "社会开放属性", "公开属性", "条件开放", "开放分类", "opentype",
        "opentypename", "isopen", "openattribute", "accesslevel", "openness",
    ],
    "opening_condition": ["开放条件", "开放条件说明", "开放范围", "opencondition"],
    "level": ["数据分级", "数据级别", "数据等级", "安全级别", "安全等级", "数据安全级别", "数据安全等级", "分级", "分类分级", "数据分类分级", "securitylevel", "datalevel"],
    "update_frequency": [
        "更新频率", "更新周期", "更新频度", "更新时限", "数据更新频率", "数据更新周期", "资源更新频率", "更新方式", "updatefrequency", "frequency", "updatecycle",
        "dataupdateperiod", "accrualperiodicity", "periodicity",
    ],
    "published": [
        "发布日期", "发布时间", "首次发布日期", "首次发布时间", "上架日期", "上架时间", "上线日期", "上线时间", "资源发布日期", "目录发布时间", "资源出版日期", "上传时间", "建立日期",
        "创建日期", "创建时间", "issued", "published", "publishtime", "publishdate", "releasetime", "releasedate", "metadatacreated", "created", "createtime",
    ],
    "updated": [
        "更新日期", "更新时间", "最后更新时间", "最后更新日期", "最后更新", "最近更新", "最近更新时间", "数据更新时间", "数据更新日期", "资源更新日期", "资源发布更新时间", "修改时间",
        "modified", "updated", "updatetime", "updatedate", "lastupdated", "lastmodified", "metadatamodified",
    ],
    "rows": [
        "数据量", "数据条数", "记录数", "资源记录数", "数据总量", "数据记录数", "数据行数", "行数", "条数", "数据容量", "数据量条", "datavolume", "datanumsum", "rowcount", "rows",
        "recordcount", "count",
    ],
    "related": ["关联资源代码", "关联资源", "相关数据集", "关联目录", "related", "relation"],
    "license": ["授权方式", "许可协议", "授权许可", "许可", "开放协议", "使用协议", "licensetitle", "license", "licence", "rights"],
}  # fmt: skip

FIELD_LABELS: dict[str, str] = {
    "id": "编号", "title": "数据集名称", "code": "分类代码", "category": "资源分类", "topic": "主题", "publisher": "提供部门",
    "publisher_code": "提供部门代码", "region": "地区", "summary": "摘要", "keywords": "关键字", "industry": "行业", "items": "数据项",
    "formats": "数据格式", "url": "网址", "download": "下载地址", "sharing": "共享属性", "sharing_condition": "共享条件",
    "sharing_basis": "不予共享依据", "sharing_method": "共享方式", "opening": "开放属性", "opening_condition": "开放条件", "level": "数据分级",
    "update_frequency": "更新频率", "published": "发布日期", "updated": "更新日期", "rows": "数据量", "related": "关联资源", "license": "许可",
}  # fmt: skip

_RANK: dict[str, tuple[str, int]] = {
    name: (field, rank) for field, names in SYNONYMS.items() for rank, name in enumerate(names)
}
_REWORDED = [("资料", "数据"), ("栏位", "字段"), ("档案", "文件"), ("关键词", "关键字")]


@cache
def canonical(header: str) -> str:
    """A header as the table above spells it: simplified, without spaces, marks and case."""
    text = simplified(header).lower()
    for old, new in _REWORDED:
        text = text.replace(old, new)
    text = re.sub(r"^(dct|dcat|dcterms|foaf|dc|schema|adms):", "", text)
    return re.sub(r"[\s_\-:：*·、/()（）\[\]【】“”\"']+", "", text)


@cache
def field_of(header: str) -> tuple[str, int] | None:
    """(our field, rank among its names) of a source field's name; None if no name is known."""
    whole = canonical(header)
    found = _RANK.get(whole)
    if found is not None:
        return found
    # 「標籤/關鍵字」「更新频率（必填）」: one name in two words, or with a remark.
    for part in re.split(r"[/（(\[【]", simplified(header)):
        found = _RANK.get(canonical(part)) if part.strip() else None
        if found is not None:
            return found
    return None
