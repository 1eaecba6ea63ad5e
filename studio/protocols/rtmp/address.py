"""Publishing addresses: taken apart, put together, and shown without their key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

HIDDEN = "••••"
DEFAULT_PORTS = {"rtmp": 1935, "rtmps": 443}
NAMED = re.compile(r"[?&]streamname=.", re.IGNORECASE)
"""A query that names the stream is the key, with or without a slash before it."""
BEHIND = re.compile(r"(?<=[^/])/([^/=&?]+)$")
"""A path part behind a query: what has no = in it is no value with a slash."""
_SPACE = re.compile(r"\s")


class BadAddress(ValueError):
    """The address cannot be published to; ``key`` names the message for a person."""

    def __init__(self, key: str, shown: str) -> None:
        super().__init__(f"{key}: {shown}")
        self.key = key
        self.shown = shown


@dataclass(frozen=True, slots=True)
class RtmpAddress:
    """Where to publish. ``app`` may hold slashes and a query; ``stream`` is the secret key.

    Attributes:
        host: name or IP, IPv6 without brackets.
        port: TCP port.
        is_tls: rtmps.
        app: application path without the leading slash.
        stream: the publishing key (may carry a query of its own); "" when not yet known.
    """

    host: str
    port: int
    is_tls: bool
    app: str
    stream: str = ""

    @property
    def tc_url(self) -> str:
        """What RTMP's connect calls tcUrl: the address without the key."""
        scheme = "rtmps" if self.is_tls else "rtmp"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[scheme] else f":{self.port}"
        return f"{scheme}://{host}{port}/{self.app}"

    @property
    def shown(self) -> str:
        """The address as it may be shown and logged."""
        base, question, _ = self.tc_url.partition("?")
        return f"{base}{question}{HIDDEN if question else ''}{'/' + HIDDEN if self.stream else ''}"


def split_key(url: str) -> tuple[str, str]:
    """``url`` with the key as its last path part → (url without the key, key).

    ``rtmp://host/app/key`` → (``rtmp://host/app``, ``key``). A URL with one path part has no
    key. A query belongs to the part it follows: ``/app/key?sign=1`` keeps it with the key. What
    stands behind ``/app/`` is the key though it be a query alone, as Bilibili writes it:
    ``/app/?streamname=…&key=…``. One behind a query of the application is it, too:
    ``/app?vhost=x/key``.
    """
    scheme, separator, rest = url.strip().partition("://")
    if not separator:
        return url, ""
    path, question, query = rest.partition("?")
    parts = [part for part in path.split("/") if part]
    if len(parts) == 2 and query and (path.endswith("/") or NAMED.search(question + query)):
        return f"{scheme}://{'/'.join(parts)}", question + query
    if len(parts) == 2 and (tail := BEHIND.search(query)):
        return f"{scheme}://{'/'.join(parts)}?{query[: tail.start()]}", tail[1]
    if len(parts) < 3:
        return url.strip(), ""
    return f"{scheme}://{'/'.join(parts[:-1])}", parts[-1] + question + query


def holds_another_key(url: str, key: str) -> bool:
    """Does ``url`` end in something like a key, though another ``key`` is given beside it?"""
    inside = split_key(url)[1]
    part, question, _ = inside.partition("?")
    if not key or not part or key.partition("?")[0] == part:
        return False
    return bool(question) or (len(part) >= 12 and any(sign.isdigit() for sign in part))


def fold(url: str, key: str) -> tuple[str, str]:
    """``url`` without the query of its application → (url, key that carries the query along).

    A query is a secret as much as the key is (signatures, tokens): both are kept in one place, as
    ``?query key``. A space stands in neither.
    """
    base, question, query = url.strip().partition("?")
    return (base, f"?{query} {unfold(key)[1]}") if question and query else (url.strip(), key)


def unfold(key: str) -> tuple[str, str]:
    """A key from `fold` → (query of the application, the publishing key itself)."""
    if not key.startswith("?") or " " not in key:
        return "", key
    query, _, stream = key[1:].partition(" ")
    return query, stream


def backup_key_of(backup_key: str, key: str) -> str:
    """What the backup address is opened with: its own query, and its own key or the first one's."""
    query, stream = unfold(backup_key)
    stream = stream or unfold(key)[1]
    return f"?{query} {stream}" if query else stream


def hide_key(url: str) -> str:
    """``url`` as it may be shown: what could be a key is ••••."""
    if not url.lower().startswith(("rtmp://", "rtmps://")):
        return url
    base, key = split_key(url)
    base = re.sub(r"://[^/@]*@", f"://{HIDDEN}@", base)
    head, question, _ = base.partition("?")
    return f"{head}{question}{HIDDEN if question else ''}{'/' + HIDDEN if key else ''}"


def parse(url: str, key: str = "") -> RtmpAddress:
    """Takes ``rtmp(s)://host[:port]/app[/more][/key]`` apart.

    With ``key`` given the whole path is the application; without it the last path part is the
    key when there are two or more.

    Raises:
        BadAddress: with the message key that says what is wrong.
    """
    shown = hide_key(url)
    if not key:
        url, key = split_key(url)
    url = url.strip()
    query, key = unfold(key)
    if _SPACE.search(url) or _SPACE.search(key):
        raise BadAddress("outputs.address_space", shown)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress("outputs.address_port", shown) from None
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise BadAddress("outputs.address_scheme", shown)
    if not parts.hostname:
        raise BadAddress("outputs.address_host", shown)
    if parts.username is not None:
        raise BadAddress("outputs.address_user", shown)
    query = parts.query or query
    app = parts.path.strip("/") + (f"?{query}" if query else "")
    if not parts.path.strip("/"):
        raise BadAddress("outputs.address_app", shown)
    return RtmpAddress(
        host=parts.hostname,
        port=port or DEFAULT_PORTS[scheme],
        is_tls=scheme == "rtmps",
        app=app,
        stream=key.strip("/"),
    )
