"""The seven nodes as a service: ticks come from the state, by hand only with a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

from msgspec.structs import replace

from studio.core.clock import NS, now_ns, utc_iso
from studio.core.instants import utc_now
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.host.node_commands import NodeCommands
from studio.host.nodes.checks import calendar, nodes_view
from studio.host.nodes.model import NodeId, NodeMark, NodesPart, NodesView
from studio.host.rundown.model import RundownPart, RundownRun
from studio.host.script.model import ProductScriptView
from studio.shop.catalogue import Catalogue

TICK_S, EACH_S = 1.0, 60.0


class PlannedShow(Protocol):
    """The rundown, and how far it is."""

    part: RundownPart
    run: RundownRun


class ScriptsByProduct(Protocol):
    """What is said about each product."""

    def script_views(self) -> Mapping[str, ProductScriptView]:
        """All accepted ones as they stand now."""
        ...


class NodeService(Service):
    """What is to be done before and after a show, and what proves it.

    Args:
        rundown, catalogue, scripts: the state that proves.
        state: told, and watched.
    """

    name: ClassVar[str] = "nodes"
    Part: ClassVar[Any] = NodesPart
    View: ClassVar[Any] = NodesView

    def __init__(
        self, rundown: PlannedShow, catalogue: Catalogue, scripts: ScriptsByProduct, state: State
    ) -> None:
        self._rundown, self._catalogue = rundown, catalogue
        self._scripts, self._state = scripts, state
        self.part = NodesPart()
        self.title, self.language = "", "zh"
        self._shown = NodesView()
        self._is_stale, self._at_ns = True, 0
        self._commands = (NodeCommands(self),)
        self.every = (Every("nodes", TICK_S, self._look),)
        state.watch(("rundown", "shop", "script"), self._mark_stale)

    def commands(self) -> Sequence[object]:
        """List, owner, tick, calendar."""
        return self._commands

    async def reset(self) -> None:
        """Nothing was ticked."""
        self.part, self._shown, self._is_stale = NodesPart(), NodesView(), True

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over owners and ticks."""
        self.part, self.title, self.language = part, context.name, context.language

    async def ready(self, context: ShowContext) -> None:
        """Looks for the first time."""
        self._shown = self._seen()

    def save(self) -> NodesPart:
        """As it is now."""
        return self.part

    def view(self) -> NodesView:
        """All seven, as last looked at: a change of the goods does not wait for them."""
        return self._shown

    def _seen(self) -> NodesView:
        return nodes_view(
            self._rundown.part, self._rundown.run, self._catalogue.state.products,
            self._scripts.script_views(), self.part.marks, utc_now(),
        )  # fmt: skip

    def mark(self, node: NodeId) -> NodeMark:
        """What a person said of it."""
        return next((m for m in self.part.marks if m.node == node), NodeMark(node))

    def put(self, mark: NodeMark) -> None:
        """Says something else of a node."""
        rest = tuple(other for other in self.part.marks if other.node != mark.node)
        self.part = NodesPart((*rest, mark))
        self._shown = self._seen()

    def tick(self, node: NodeId, by: str) -> None:
        """By hand, with a name; "" takes it back."""
        self.put(replace(self.mark(node), ticked_by=by, ticked_utc=utc_iso() if by else ""))

    def calendar(self) -> str:
        """What is still to be done, for a calendar."""
        return calendar(self._seen(), self.language, self.title)

    def _mark_stale(self) -> None:
        self._is_stale = True

    def _look(self) -> None:
        """After a change, and each minute: what is due comes nearer."""
        if not self._is_stale and now_ns() - self._at_ns < EACH_S * NS:
            return
        self._is_stale, self._at_ns = False, now_ns()
        seen = self._seen()
        if seen != self._shown:
            self._shown = seen
            self._state.touch("nodes")
