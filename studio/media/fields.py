"""Whole pictures from half ones: cameras of old and capture cards send every second line at once.

Shown as they come, all that moves has a comb at its edges. FFmpeg's bwdif (LGPL 2.1) makes each
pair of fields one picture; a picture that is whole already goes through untouched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av

WAY = "mode=send_frame:deint=interlaced"


class Deinterlacer:
    """For one stream, on its thread. Costs nothing until the first interlaced picture comes.

    From then on a picture comes out when the next one goes in: it needs both neighbours.

    Args:
        is_on: False lets everything through as it is.
    """

    def __init__(self, *, is_on: bool = True) -> None:
        self._is_on = is_on
        self._graph: Any = None
        self._form: tuple[object, ...] = ()

    def whole(self, frame: av.VideoFrame) -> list[av.VideoFrame]:
        """What is ready when ``frame`` has come; times as they were."""
        if not self._is_on or not (self._graph or frame.interlaced_frame):
            return [frame]
        form = (frame.width, frame.height, frame.format.name, frame.time_base)
        found = []
        if form != self._form:
            found = self.flush()
            self._graph, self._form = _graph(frame), form
        self._graph.push(frame)
        return found + self._pull()

    def flush(self) -> list[av.VideoFrame]:
        """What is left at the end; what comes next is another film."""
        if self._graph is None:
            return []
        self._graph.push(None)
        found = self._pull()
        self.reset()
        return found

    def reset(self) -> None:
        """What waits is dropped: the film was wound."""
        self._graph, self._form = None, ()

    def _pull(self) -> list[av.VideoFrame]:
        import av

        found = []
        while True:
            try:
                found.append(self._graph.pull())
            except (av.BlockingIOError, av.EOFError):
                return found


def _graph(frame: av.VideoFrame) -> Any:
    from fractions import Fraction

    from av.filter import Graph

    graph: Any = Graph()
    graph.threads = 1
    source = graph.add_buffer(
        width=frame.width,
        height=frame.height,
        format=frame.format,
        time_base=frame.time_base or Fraction(1, 90_000),
    )
    weave, sink = graph.add("bwdif", WAY), graph.add("buffersink")
    source.link_to(weave)
    weave.link_to(sink)
    graph.configure()
    return graph
