"""How the engine's rooms look from outside: the parts of the state, and what a show keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from studio.engine import Engine


class Views:
    """Registers every room's part with the state."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        add = engine.state.add
        add("scenes", self.scenes)
        add("sources", self.sources)
        add("sound", self.sound)
        add("shop", lambda: msgspec.to_builtins(engine.catalogue.state))
        add("outputs", engine.outputs.view)
        add("air", engine.outputs.air.view)
        add("virtualcam", engine.virtual.view)
        add("show", engine.keeper.view)
        add("brand", lambda: msgspec.to_builtins(engine.brand.kit))
        add("tryon", self.tryon)
        add("comments", engine.audience.view)
        add("plans", engine.plan_commands.view)
        add("engine", self.engine)

    def scenes(self) -> dict[str, Any]:
        """Scenes, programme, preview, and the transitions there are."""
        transitions = [
            {
                "kind": kind.kind,
                "label": list(kind.label),
                "default_ms": kind.default_ms,
                "is_instant": kind.is_instant,
            }
            for kind in self._engine.transition_kinds
        ]
        scenes = self._engine.scenes
        seen = scenes.acknowledged
        tally = {
            source: {"state": state, "seen_by": seen[source][1] if source in seen else None}
            for source, state in scenes.tally().items()
        }
        return {
            **msgspec.to_builtins(scenes.state),
            "transitions": transitions,
            "tally": tally,
            "tbar": scenes.held,
        }

    def sources(self) -> list[dict[str, Any]]:
        """Every source with its settings and health."""
        engine, shown = self._engine, []
        for name, spec in engine.bank.specs.items():
            kind = engine.source_kinds.get(spec.kind) if spec.kind in engine.source_kinds else None
            health = engine.bank.health.get(name)
            shown.append(
                {
                    **msgspec.to_builtins(spec),
                    "label": list(kind.label) if kind else [spec.kind, spec.kind],
                    "has_video": bool(kind and kind.has_video),
                    "has_sound": bool(kind and kind.has_sound),
                    "is_media": bool(kind and kind.is_media),
                    "health": msgspec.to_builtins(health) if health else None,
                    "filter_status": msgspec.to_builtins(engine.bank.filter_status(name)),
                }
            )
        return shown

    def sound(self) -> dict[str, Any]:
        """The mixer."""
        desk = self._engine.sound
        strips = msgspec.to_builtins(list(desk.strips.values()))
        error = desk.monitor.error
        return {
            "strips": strips,
            "master_db": desk.master_db,
            "target_lufs": desk.watch.target,
            "tolerance_lu": desk.watch.tolerance,
            "loudness": msgspec.to_builtins(desk.watch.reading),
            "headphones": {
                **msgspec.to_builtins(desk.monitor.settings),
                "is_playing": desk.monitor.is_playing,
                "error": [error.in_language("zh"), error.in_language("en")] if error else None,
            },
        }

    def tryon(self) -> dict[str, Any]:
        """What is worn on which source."""
        return self._engine.wearer.view()

    def engine(self) -> dict[str, Any]:
        """What is true of this engine as a whole."""
        engine = self._engine
        return {
            "fps": str(engine.fps),
            "is_safe": engine.is_safe,
            "secrets_in": engine.secrets.place,
            "recordings": str(engine.recordings),
            "warnings": [
                [one.in_language("zh"), one.in_language("en")]
                for one in (*engine.warnings, *engine.plans.errors)
            ],
        }

    def collect(self) -> dict[str, Any]:
        """What show.json keeps of every room."""
        engine, plain = self._engine, msgspec.to_builtins
        scenes = plain(engine.scenes.state)
        scenes.pop("canvases", None)
        canvases = {c.name: [c.width, c.height] for c in engine.scenes.state.canvases}
        on = [c.name for c in engine.scenes.state.canvases if c.is_enabled]
        return {
            "canvases": {**canvases, "on": on},
            "scenes": scenes,
            "sources": plain(tuple(engine.bank.specs.values())),
            "sound": {
                "strips": plain([*engine.sound.strips.values()]),
                "master_db": engine.sound.master_db,
                "target_lufs": engine.sound.watch.target,
                "tolerance_lu": engine.sound.watch.tolerance,
            },
            "shop": plain(engine.catalogue.state),
            "brand": plain(engine.brand.kit),
            "outputs": plain(engine.outputs.settings()),
            "standby": plain(engine.outputs.air.standby),
            "audience": engine.audience.part(),
            "plans": {"enabled": sorted(engine.plans.enabled)},
        }
