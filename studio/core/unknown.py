"""Fields of plain data that no struct knows: they would be lost when it is written back."""

from __future__ import annotations

from typing import Any

from msgspec import inspect


def unknown_fields(plain: Any, kind: Any, place: str) -> list[str]:
    """Places of keys that ``kind`` has no field for, "sound.strips[0].gian_db".

    Args:
        plain: data as read from a file; it converts to ``kind``.
        kind: a type that msgspec knows.
        place: where ``plain`` stands.
    """
    return _walk(plain, inspect.type_info(kind), place)


def _walk(plain: Any, info: inspect.Type, place: str) -> list[str]:
    if isinstance(info, inspect.StructType) and isinstance(plain, dict):
        return _struct(plain, info, place)
    if isinstance(info, inspect.DictType) and isinstance(plain, dict):
        return [
            stray
            for key, value in plain.items()
            for stray in _walk(value, info.value_type, f"{place}[{key}]")
        ]
    if isinstance(info, inspect.ListType | inspect.VarTupleType) and isinstance(plain, list):
        return [
            stray
            for at, value in enumerate(plain)
            for stray in _walk(value, info.item_type, f"{place}[{_label(value, at)}]")
        ]
    if isinstance(info, inspect.UnionType):
        return _union(plain, info, place)
    if isinstance(info, inspect.Metadata):
        return _walk(plain, info.type, place)
    return []


def _struct(plain: dict[str, Any], info: inspect.StructType, place: str) -> list[str]:
    known = {field.encode_name: field for field in info.fields}
    strays = []
    for key, value in plain.items():
        where = f"{place}.{key}" if place else key
        if key in known:
            strays += _walk(value, known[key].type, where)
        elif key != info.tag_field:
            strays.append(where)
    return strays


def _union(plain: Any, info: inspect.UnionType, place: str) -> list[str]:
    """By the member with that tag, or the one struct or list there is."""
    structs = [type_ for type_ in info.types if isinstance(type_, inspect.StructType)]
    if isinstance(plain, dict) and structs:
        for struct in structs:
            if len(structs) == 1 or plain.get(str(struct.tag_field)) == struct.tag:
                return _struct(plain, struct, place)
        return []
    for member in info.types:
        if isinstance(member, inspect.ListType | inspect.VarTupleType | inspect.DictType):
            return _walk(plain, member, place)
    return []


def _label(value: Any, at: int) -> str:
    """How an element is called: its name or id where it has one."""
    if isinstance(value, dict):
        for key in ("name", "id", "source"):
            if isinstance(value.get(key), str) and value[key]:
                return str(value[key])
    return str(at)
