"""What a request carries: fields that are there, of their type, within limits."""

from __future__ import annotations

from typing import Any

from studio.protocols.obs_ws import Data, RequestError, RequestStatus


def missing(name: str) -> RequestError:
    """Status 300."""
    return RequestError(RequestStatus.MISSING_FIELD, f"Your request is missing the `{name}` field.")


def cannot(why: str) -> RequestError:
    """Status 703: Shopcast has nothing that this could act on."""
    return RequestError(RequestStatus.CANNOT_ACT, why)


def need(data: Data, name: str, kind: type = str) -> Any:
    """A field that must be there.

    Raises:
        RequestError: 300 when it is missing, 401 for the wrong type, 403 for an empty string.
    """
    if data.get(name) is None:
        raise missing(name)
    return _typed(data[name], name, kind)


def maybe(data: Data, name: str, kind: type = str, default: Any = None) -> Any:
    """A field that may be there."""
    if data.get(name) is None:
        return default
    return _typed(data[name], name, kind)


def number(data: Data, name: str, low: float, high: float, default: float | None = None) -> float:
    """A number within limits.

    Raises:
        RequestError: 300, 401, or 402 when out of range.
    """
    value = data.get(name)
    if value is None and default is not None:
        return default
    if value is None:
        raise missing(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise RequestError(RequestStatus.INVALID_FIELD_TYPE, f"`{name}` must be a number.")
    if not low <= value <= high:  # nor is NaN
        raise RequestError(
            RequestStatus.OUT_OF_RANGE, f"`{name}` must be between {low} and {high}."
        )
    return float(value)


def whole(data: Data, name: str, low: int, high: int, default: int | None = None) -> int:
    """A whole number within limits; see `number`."""
    return int(number(data, name, low, high, default))


_WORDS = {str: "text", bool: "true or false", dict: "an object", list: "a list"}


def _typed(value: Any, name: str, kind: type) -> Any:
    if not isinstance(value, kind):
        raise RequestError(RequestStatus.INVALID_FIELD_TYPE, f"`{name}` must be {_WORDS[kind]}.")
    if value == "":
        raise RequestError(RequestStatus.EMPTY_FIELD, f"`{name}` must not be empty.")
    return value
