"""Transparency in filters: planes straight and premultiplied, and two alphas made one."""

from __future__ import annotations

from collections.abc import Callable

from studio.filters.buffers import multiplied, scaled
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane

Planes = tuple[Plane, Plane, Plane]


def half(plane: Plane) -> Plane:
    """A luma-size plane at chroma size."""
    height, width = plane.shape
    return scaled(plane, width // 2, height // 2)


def double(plane: Plane, width: int, height: int) -> Plane:
    """A small plane at (width, height), linear."""
    return scaled(plane, width, height)


def cut_out(frame: Frame, planes: Planes, alpha: Plane, alpha_uv: Plane) -> Frame:
    """A frame of straight ``planes`` seen through alpha, with the alpha ``frame`` had already."""
    if frame.alpha is not None and frame.alpha_uv is not None:
        alpha = multiplied(alpha, frame.alpha)
        alpha_uv = multiplied(alpha_uv, frame.alpha_uv)
    y = multiplied(planes[0], alpha)
    u, v = (multiplied(plane, alpha_uv) for plane in planes[1:])
    return Frame(y, u, v, frame.pts_ns, alpha, alpha_uv)


def thin(frame: Frame, alpha: Plane, alpha_uv: Plane) -> Frame:
    """``frame`` (opaque or premultiplied) seen through a further alpha."""
    y = multiplied(frame.y, alpha)
    u, v = (multiplied(plane, alpha_uv) for plane in (frame.u, frame.v))
    if frame.alpha is not None and frame.alpha_uv is not None:
        alpha = multiplied(alpha, frame.alpha)
        alpha_uv = multiplied(alpha_uv, frame.alpha_uv)
    return Frame(y, u, v, frame.pts_ns, alpha, alpha_uv)


def straight(frame: Frame) -> Planes:
    """The planes as they were before alpha was multiplied in; where nothing is seen, 0."""
    if frame.alpha is None or frame.alpha_uv is None:
        return frame.planes
    return (
        cv2.divide(frame.y, frame.alpha, scale=255),
        cv2.divide(frame.u, frame.alpha_uv, scale=255),
        cv2.divide(frame.v, frame.alpha_uv, scale=255),
    )


def recoloured(frame: Frame, change: Callable[[Planes], Planes]) -> Frame:
    """``frame`` with colours changed by ``change``, which sees straight planes; alpha stays."""
    planes = change(straight(frame))
    if frame.alpha is None or frame.alpha_uv is None:
        return Frame(planes[0], planes[1], planes[2], frame.pts_ns)
    y = multiplied(planes[0], frame.alpha)
    u, v = (multiplied(plane, frame.alpha_uv) for plane in planes[1:])
    return Frame(y, u, v, frame.pts_ns, frame.alpha, frame.alpha_uv)
