"""CKAN `package_search` answers and DCAT documents (JSON-LD, `data.json`) → flat records with plain field names."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def ckan_records(body: Record) -> list[tuple[str, Record]]:
    """The packages of a `package_search`, `package_show` or `current_package_list_with_resources` answer."""
    result = body.get("result")
    packages = result.get("results", [result]) if isinstance(result, dict) else result
    return [
        (f"第{number}条", _ckan(package))
        for number, package in enumerate(packages or [], 1)
        if isinstance(package, dict)
    ]


def _ckan(package: Record) -> Record:
    record: Record = {
        key: value
        for key, value in package.items()
        if not isinstance(value, (list, dict)) and key not in ("name", "state", "type", "version", "isopen", "private")
    }
    record["id"] = package.get("id") or package.get("name")
    record["title"] = package.get("title") or package.get("name")
    record["url"] = package.get("url") or ""
    organization = package.get("organization")
    if isinstance(organization, dict):
        record["organization"] = organization.get("title") or organization.get("name") or ""
    record["tags"] = [_name(tag) for tag in package.get("tags") or []]
    record["groups"] = [_name(group) for group in package.get("groups") or []]
    for extra in package.get("extras") or []:
        if isinstance(extra, dict) and extra.get("key") and not record.get(str(extra["key"])):
            record[str(extra["key"])] = extra.get("value")
    resources = [resource for resource in package.get("resources") or [] if isinstance(resource, dict)]
    record["distribution"] = [
        {"format": resource.get("format") or resource.get("mimetype") or "", "url": resource.get("url") or ""}
        for resource in resources
    ]
    return record


def _name(item: Any) -> str:
    if isinstance(item, dict):
        return str(item.get("display_name") or item.get("title") or item.get("name") or "")
    return str(item)


def dcat_records(body: Any) -> list[tuple[str, Record]]:
    """The datasets of a DCAT document in any of its usual shapes."""
    nodes: dict[str, Record] = {}
    found: list[Record] = []
    _collect(body, nodes, found, top=True)
    return [(f"第{number}条", _dcat(item, nodes)) for number, item in enumerate(found, 1)]


def _short(key: str) -> str:
    """dct:title, http://purl.org/dc/terms/title → title."""
    return key.rpartition("#")[2].rpartition("/")[2].rpartition(":")[2] if not key.startswith("@") else key


def _types(node: Record) -> set[str]:
    kinds = node.get("@type", [])
    return {_short(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])}


def _collect(node: Any, nodes: dict[str, Record], found: list[Record], *, top: bool = False) -> None:
    if isinstance(node, list):
        for item in node:
            _collect(item, nodes, found, top=top)
        return
    if not isinstance(node, dict):
        return
    if isinstance(node.get("@id"), str) and len(node) > 1:
        nodes.setdefault(node["@id"], node)
    if "Dataset" in _types(node):
        found.append(node)
    for key, value in node.items():
        if _short(key) == "dataset":
            for item in value if isinstance(value, list) else [value]:
                # data.json lists datasets under `dataset`, with or without a type.
                if isinstance(item, dict) and "Dataset" not in _types(item) and len(item) > 1:
                    found.append(item)
                _collect(item, nodes, found)
        elif key != "@context":
            _collect(value, nodes, found)


def _dcat(node: Record, nodes: dict[str, Record]) -> Record:
    record: Record = {}
    for key, value in node.items():
        name = _short(key)
        if name == "distribution":
            record["distribution"] = [_distribution(item, nodes) for item in _list(value)]
        elif name in ("@type", "@context", "contactPoint", "bureauCode", "programCode"):
            continue
        elif name == "@id":
            record.setdefault("identifier", value)
        else:
            record[name] = [_literal(item, nodes) for item in _list(value)] if _many(value) else _literal(value, nodes)
    if isinstance(record.get("identifier"), list):
        record["identifier"] = record["identifier"][0]
    return record


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _many(value: Any) -> bool:
    return isinstance(value, list) and not all(isinstance(item, dict) and "@language" in item for item in value)


def _literal(value: Any, nodes: dict[str, Record]) -> Any:
    """A value as text: Chinese first of several languages, a node by its name."""
    if isinstance(value, list):
        best = next((item for item in value if str(item.get("@language", "")).startswith("zh")), value[0])
        return _literal(best, nodes)
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        return value["@value"]
    for language in ("zh-CN", "zh", "zh-TW", "zh-Hant", "zh-Hans", "en"):
        if isinstance(value.get(language), str):
            return value[language]
    node = nodes.get(str(value.get("@id")), value)
    for key, item in node.items():
        if _short(key) in ("name", "prefLabel", "title", "label", "fn"):
            return _literal(item[0] if isinstance(item, list) and item else item, nodes)
    return _short(str(value.get("@id", "")).rstrip("/"))


def _distribution(item: Any, nodes: dict[str, Record]) -> Record:
    node = nodes.get(str(item.get("@id")), item) if isinstance(item, dict) else {}
    flat = {_short(key): _literal(value, nodes) for key, value in node.items() if not key.startswith("@")}
    addresses = {_short(key): value for key, value in node.items()}

    def address(name: str) -> str:
        value = _list(addresses.get(name))[0]
        return str(value.get("@id") or value.get("@value") or "") if isinstance(value, dict) else str(value or "")

    return {
        "format": flat.get("format") or flat.get("mediaType") or "",
        "url": address("downloadURL") or address("accessURL"),
    }
