"""Leaves out the parts of a network whose outputs nobody asks for.

A .tflite file is a FlatBuffer: https://flatbuffers.dev/internals, schema in TensorFlow's
``lite/schema/schema.fbs``. The interpreter computes every operator, wanted or not; the pose network
spends a fifth of its time on a picture-sized mask. Shortening its lists of operators and outputs
in place is all that is needed.
"""

from __future__ import annotations

import struct
from collections.abc import Collection

_SUBGRAPHS = 2
_TENSORS, _OUTPUTS, _OPERATORS = 0, 2, 3
_NAME = 3
_OP_INPUTS, _OP_OUTPUTS = 1, 2


class _Flat:
    """Reads and shortens the vectors of a FlatBuffer."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)

    def u32(self, at: int) -> int:
        """An offset or a length."""
        return int(struct.unpack_from("<I", self.data, at)[0])

    def field(self, table: int, number: int) -> int:
        """Where a field of a table is; 0 when it is left out."""
        vtable = table - int(struct.unpack_from("<i", self.data, table)[0])
        size = int(struct.unpack_from("<H", self.data, vtable)[0])
        slot = 4 + 2 * number
        if slot >= size:
            return 0
        offset = int(struct.unpack_from("<H", self.data, vtable + slot)[0])
        return table + offset if offset else 0

    def follow(self, at: int) -> int:
        """Where the offset at ``at`` leads."""
        return at + self.u32(at)

    def vector(self, table: int, number: int) -> int:
        """Where a vector begins (with its length); 0 when there is none."""
        at = self.field(table, number)
        return self.follow(at) if at else 0

    def tables(self, vector: int) -> list[int]:
        """The tables of a vector of them."""
        return [self.follow(vector + 4 + 4 * i) for i in range(self.u32(vector))]

    def ints(self, vector: int) -> list[int]:
        """The numbers of a vector of int32."""
        if not vector:
            return []
        return list(struct.unpack_from(f"<{self.u32(vector)}i", self.data, vector + 4))

    def text(self, at: int) -> str:
        """A string."""
        begin = self.follow(at)
        return self.data[begin + 4 : begin + 4 + self.u32(begin)].decode()

    def keep_tables(self, vector: int, wanted: list[int]) -> None:
        """Shortens a vector of tables to these, in their order."""
        struct.pack_into("<I", self.data, vector, len(wanted))
        for i, table in enumerate(wanted):
            at = vector + 4 + 4 * i
            struct.pack_into("<I", self.data, at, table - at)

    def keep_ints(self, vector: int, wanted: list[int]) -> None:
        """Shortens a vector of int32 to these."""
        struct.pack_into(f"<I{len(wanted)}i", self.data, vector, len(wanted), *wanted)


def pruned(model: bytes, outputs: Collection[str]) -> bytes:
    """The same network with these outputs alone.

    Args:
        model: a .tflite file.
        outputs: names of the tensors that are wanted.

    Raises:
        ValueError: it is no such file, or has no such output.
    """
    flat = _Flat(model)
    try:
        graph = flat.tables(flat.vector(flat.follow(0), _SUBGRAPHS))[0]
        names = [flat.text(flat.field(t, _NAME)) for t in flat.tables(flat.vector(graph, _TENSORS))]
        ends = flat.vector(graph, _OUTPUTS)
        kept = [i for i in flat.ints(ends) if names[i] in outputs]
        if len(kept) != len(set(outputs)):
            raise ValueError(f"the network has no outputs {sorted(outputs)}")
        operators = flat.vector(graph, _OPERATORS)
        needed, wanted = set(kept), []
        for operator in reversed(flat.tables(operators)):
            made = flat.ints(flat.vector(operator, _OP_OUTPUTS))
            if needed.intersection(made):
                wanted.append(operator)
                needed.update(flat.ints(flat.vector(operator, _OP_INPUTS)))
        flat.keep_ints(ends, kept)
        flat.keep_tables(operators, wanted[::-1])
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"no .tflite file: {error}") from None
    return bytes(flat.data)
