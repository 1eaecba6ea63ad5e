"""Kernels on whole planes that write into planes used again (`studio.media.buffers`)."""

from __future__ import annotations

from studio.media.buffers import fresh
from studio.media.cv import cv2
from studio.media.frame import Plane

__all__ = ["added", "fresh", "looked_up", "multiplied", "scaled"]


def multiplied(first: Plane, second: Plane) -> Plane:
    """first * second / 255."""
    out: Plane = cv2.multiply(first, second, dst=fresh(*first.shape), scale=1 / 255)
    return out


def looked_up(plane: Plane, table: Plane) -> Plane:
    """Each level through a table of 256."""
    out: Plane = cv2.LUT(plane, table, dst=fresh(*plane.shape))
    return out


def added(first: Plane, a: float, second: Plane, b: float, plus: float = 0.0) -> Plane:
    """first * a + second * b + plus, saturated."""
    out: Plane = cv2.addWeighted(first, a, second, b, plus, dst=fresh(*first.shape))
    return out


def scaled(plane: Plane, width: int, height: int) -> Plane:
    """At another size: areas on the way down, linear on the way up."""
    how = cv2.INTER_AREA if width < plane.shape[1] else cv2.INTER_LINEAR
    out: Plane = cv2.resize(plane, (width, height), dst=fresh(height, width), interpolation=how)
    return out
