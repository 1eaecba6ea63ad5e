"""Arguments that mean harm: by a schema, nearly right, at its edges, or of another world."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

ODD_TEXTS: tuple[str, ...] = (
    "", " ", "\x00", "a\x00b", "half \ud83d", "\udcff", "line\u2028next\u2029",
    "\u202eabc", "\ufeff", "\x1b[2J\x1b]0;x\x07", "<img src=/dev/zero>",
    "<script>alert(1)</script>", "{subject:>300000000}", "{0.__class__}", "%s%n%x",
    "../../../../etc/passwd", "/dev/zero", "/proc/self/environ", "file:///", "C:\\con",
    "a" * 300, "龙" * 5000, "𝔘👗🏽‍♀️", "é", "nan", "inf", "-1", "1e308", "0x10", "١٢",
    "true", "null", "[]", "{}", "'; DROP TABLE orders; --", "*", "a/b",
    "http://127.0.0.1:1/", "rtmp://127.0.0.1:1/a/b", "ws://127.0.0.1:1/", "http://[::1",
    "http://0x7f.1/", "rtsp://user:pw@127.0.0.1:1/", "2026-02-30T25:61:00Z",
    "9999-12-31T23:59:59Z", "0001-01-01", "#ffffff", "#gg", "1/0", "1/1000000", "30",
    "landscape", "=cmd|'/c calc'!A1", "(" * 200, "(a+)+$", "[" * 2000,
)  # fmt: skip
ODD_NUMBERS: tuple[float, ...] = (
    0, -1, 1, 2, 7, 2**31, -(2**31), 2**53, 2**63, -(2**63) - 1, 1e308, -1e308, 0.5, 1e-320, 10**12,
)  # fmt: skip
DEEPEST = 6


class Values:
    """Makes arguments.

    Args:
        chance: seeded.
        names: of things that are there (scenes, sources, products); asked for each time.
    """

    def __init__(self, chance: random.Random, names: Callable[[], Sequence[str]]) -> None:
        self._chance, self._names = chance, names

    def arguments(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A call's arguments: most that are needed, some others, now and then a strange one."""
        chance, shapes = self._chance, schema.get("properties", {})
        needed = set(schema.get("required", ()))
        made: dict[str, Any] = {}
        for name, shape in shapes.items():
            if chance.random() < (0.97 if name in needed else 0.3):
                made[name] = self.of(shape, schema.get("$defs", {}))
        if chance.random() < 0.03:
            made[self.text()] = self.anything()
        if chance.random() < 0.3:
            made["confirm"] = True
        return made

    def of(self, shape: Any, defs: dict[str, Any], depth: int = 0) -> Any:
        """A value for a schema: right in most cases, so that it comes far."""
        chance = self._chance
        if not isinstance(shape, dict) or depth > DEEPEST or chance.random() < 0.08:
            return self.anything()
        if "$ref" in shape:
            return self.of(defs.get(str(shape["$ref"]).rpartition("/")[2], {}), defs, depth + 1)
        if "enum" in shape:
            return chance.choice(shape["enum"])
        if "const" in shape:
            return shape["const"]
        for key in ("anyOf", "oneOf"):
            if key in shape:
                return self.of(chance.choice(shape[key]), defs, depth + 1)
        kind = shape.get("type")
        if isinstance(kind, list):
            kind = chance.choice(kind)
        if kind == "object":
            inner = {
                name: self.of(part, defs, depth + 1)
                for name, part in shape.get("properties", {}).items()
                if name in shape.get("required", ()) or chance.random() < 0.4
            }
            if not shape.get("properties") and chance.random() < 0.5:
                inner[self.name()] = self.of(
                    shape.get("additionalProperties") or {"type": "string"}, defs, depth + 1
                )
            return inner
        if kind == "array":
            first = shape.get("prefixItems")
            if first:
                return [self.of(part, defs, depth + 1) for part in first]
            count = chance.choice((0, 1, 1, 2, 3, 60))
            return [self.of(shape.get("items", {}), defs, depth + 1) for _ in range(count)]
        if kind in ("integer", "number"):
            return self._number(shape, is_whole=kind == "integer")
        if kind == "boolean":
            return chance.random() < 0.5
        if kind == "null":
            return None
        return self.name() if chance.random() < 0.7 else self.text()

    def _number(self, shape: dict[str, Any], *, is_whole: bool) -> Any:
        chance = self._chance
        low = shape.get("minimum", shape.get("exclusiveMinimum", 0))
        high = shape.get("maximum", shape.get("exclusiveMaximum", 100))
        if chance.random() < 0.25:
            return chance.choice((low, high, low - 1, high + 1, *ODD_NUMBERS))
        value = chance.uniform(low, min(high, low + 100))
        return int(value) if is_whole else value

    def name(self) -> str:
        """One of the names that are there."""
        names = self._names()
        return self._chance.choice(names) if names else self.text()

    def text(self) -> str:
        """Odd text, or a bit of everything."""
        chance = self._chance
        if chance.random() < 0.8:
            return chance.choice(ODD_TEXTS)
        return "".join(chr(chance.randrange(1, 0x3000)) for _ in range(chance.randrange(40)))

    def anything(self, depth: int = 0) -> Any:
        """Whatever JSON can say."""
        chance = self._chance
        draw = chance.randrange(9 if depth < 3 else 6)
        if draw < 3:
            return self.text()
        if draw < 5:
            return chance.choice(ODD_NUMBERS)
        if draw == 5:
            return chance.choice((None, True, False))
        if draw == 6:
            return [self.anything(depth + 1) for _ in range(chance.randrange(4))]
        if draw == 7:
            return {self.text(): self.anything(depth + 1) for _ in range(chance.randrange(4))}
        return self.name()


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A file or message as it was hurt on its way: bits turned, cut, doubled, numbers made huge."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        if not out:
            break
        at, draw = chance.randrange(len(out)), chance.randrange(7)
        if draw == 0:
            out[at] ^= 1 << chance.randrange(8)
        elif draw == 1:
            del out[at:]
        elif draw == 2:
            out[at:at] = out[at : at + chance.randrange(1, 200)] * chance.choice((1, 2, 50))
        elif draw == 3:
            del out[at : at + chance.randrange(1, 64)]
        elif draw == 4:
            out[at : at + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"))
        elif draw == 5:
            out[at:at] = chance.choice(ODD_TEXTS).encode("utf-8", "surrogatepass")
        else:
            out[at : at + 1] = b"9" * chance.choice((1, 20, 400))
    return bytes(out)
