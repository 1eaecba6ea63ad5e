"""What changed between two states, as events of the protocol: pure, so that nothing is forgotten.

Whatever command, undo, plan or show made the change: it is seen here, because it is in the state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from studio.audio.model import Strip
from studio.protocols.obs_ws import Data, Subscription
from studio.remote.groups import groups_of, layer_of, orders_of
from studio.remote.words import MAIN, ObsSerializer, balance_of, mul_of
from studio.scenes.model import Item, Scene, ScenesState
from studio.sources.model import FilterSpec, SourceSpec


class ObsEvent(NamedTuple):
    """An event to tell."""

    kind: Subscription
    name: str
    data: Data


def scenes(words: ObsSerializer, old: ScenesState, new: ScenesState) -> Iterator[ObsEvent]:
    """Scenes, their items, programme, preview, transition, studio mode."""
    if old is new:
        return
    yield from _scene_list(words, old, new)
    before = {scene.id: scene for scene in old.scenes}
    for scene in new.scenes:
        was = before.get(scene.id)
        if was is not None and was is not scene:
            yield from _items(words, was, scene)
            yield from _groups(words, was, scene)
    for is_preview, name in ((False, "CurrentProgramSceneChanged"), (True, _PREVIEW)):
        was_shown = words.shown(MAIN, old, is_preview)
        shown = words.shown(MAIN, new, is_preview)
        if is_preview and not new.is_studio_mode:
            continue
        if shown is not None and (was_shown is None or shown.id != was_shown.id):
            yield ObsEvent(Subscription.SCENES, name, words.scene(shown))
    if old.transition.kind != new.transition.kind:
        data = words.transition(new.transition.kind)
        yield ObsEvent(Subscription.TRANSITIONS, "CurrentSceneTransitionChanged", data)
    if old.transition.duration_ms != new.transition.duration_ms:
        data = {"transitionDuration": new.transition.duration_ms}
        yield ObsEvent(Subscription.TRANSITIONS, "CurrentSceneTransitionDurationChanged", data)
    if old.is_studio_mode != new.is_studio_mode:
        data = {"studioModeEnabled": new.is_studio_mode}
        yield ObsEvent(Subscription.UI, "StudioModeStateChanged", data)


_PREVIEW = "CurrentPreviewSceneChanged"


def _scene_list(words: ObsSerializer, old: ScenesState, new: ScenesState) -> Iterator[ObsEvent]:
    before = {scene.id: scene for scene in old.scenes}
    after = {scene.id: scene for scene in new.scenes}
    for id, scene in after.items():
        if id not in before:
            yield ObsEvent(
                Subscription.SCENES, "SceneCreated", {**words.scene(scene), "isGroup": False}
            )
        elif before[id].name != scene.name:
            data = {"oldSceneName": before[id].name, **words.scene(scene)}
            yield ObsEvent(Subscription.SCENES, "SceneNameChanged", data)
    for id, scene in before.items():
        if id not in after:
            yield ObsEvent(
                Subscription.SCENES, "SceneRemoved", {**words.scene(scene), "isGroup": False}
            )
    if [(scene.id, scene.name) for scene in old.scenes] != [
        (other_scene.id, other_scene.name) for other_scene in new.scenes
    ]:
        data = {"scenes": words.scenes(new.scenes)}
        yield ObsEvent(Subscription.SCENES, "SceneListChanged", data)


def _items(words: ObsSerializer, old: Scene, new: Scene) -> Iterator[ObsEvent]:
    """Items that came, went, moved or changed; those of a group are told of as its own."""
    kind = Subscription.SCENE_ITEMS
    before = {item.id: item for item in old.items}
    after = {item.id: item for item in new.items}
    for id, item in before.items():
        if id not in after or after[id].group != item.group:
            data = {**words.holder(old, item.group), **_source(words, item), "sceneItemId": id}
            yield ObsEvent(kind, "SceneItemRemoved", data)
    for id, item in after.items():
        holder, was = words.holder(new, item.group), before.get(id)
        if was is None or was.group != item.group:
            place = {"sceneItemId": id, "sceneItemIndex": layer_of(new, item)}
            yield ObsEvent(kind, "SceneItemCreated", {**holder, **_source(words, item), **place})
        elif item is not was:
            yield from _item(words, holder, was, item)
    if [item.id for item in old.items] == [item.id for item in new.items]:
        return
    orders = dict(orders_of(old))
    for group, ids in orders_of(new):
        was_ids = orders.get(group, [])
        if [id for id in ids if id in was_ids] != [id for id in was_ids if id in ids]:
            order = [{"sceneItemId": id, "sceneItemIndex": n} for n, id in enumerate(ids)]
            data = {**words.holder(new, group), "sceneItems": order}
            yield ObsEvent(kind, "SceneItemListReindexed", data)


def _groups(words: ObsSerializer, old: Scene, new: Scene) -> Iterator[ObsEvent]:
    """Groups that came, went, were shown, hidden or locked: they are items to a client."""
    kind, scene = Subscription.SCENE_ITEMS, words.scene(new)
    before = {group.id: group for group in groups_of(old)}
    after = {group.id: group for group in groups_of(new)}
    for id, group in (before | after).items():
        which = {**scene, "sceneItemId": id}
        was, now = before.get(id), after.get(id)
        if was is None or now is None:
            name = "SceneItemCreated" if was is None else "SceneItemRemoved"
            data = {**which, "sourceName": group.name, "sourceUuid": words.group_uuid(group)}
            more = {"sceneItemIndex": group.index} if was is None else {}
            yield ObsEvent(kind, name, {**data, **more})
            continue
        if was.is_enabled != now.is_enabled:
            data = {**which, "sceneItemEnabled": now.is_enabled}
            yield ObsEvent(kind, "SceneItemEnableStateChanged", data)
        if was.is_locked != now.is_locked:
            data = {**which, "sceneItemLocked": now.is_locked}
            yield ObsEvent(kind, "SceneItemLockStateChanged", data)


def _item(words: ObsSerializer, scene: Data, old: Item, new: Item) -> Iterator[ObsEvent]:
    kind, which = Subscription.SCENE_ITEMS, {**scene, "sceneItemId": new.id}
    if old.is_enabled != new.is_enabled:
        data = {**which, "sceneItemEnabled": new.is_enabled}
        yield ObsEvent(kind, "SceneItemEnableStateChanged", data)
    if old.is_locked != new.is_locked:
        data = {**which, "sceneItemLocked": new.is_locked}
        yield ObsEvent(kind, "SceneItemLockStateChanged", data)
    if any(getattr(old, name) != getattr(new, name) for name in _PLACE):
        data = {**which, "sceneItemTransform": words.transform(new)}
        yield ObsEvent(Subscription.SCENE_ITEM_TRANSFORM_CHANGED, "SceneItemTransformChanged", data)


_PLACE = ("boxes", "crop", "fit", "rotation", "is_mirrored", "is_flipped")


def _source(words: ObsSerializer, item: Item) -> Data:
    named = words.input(item.source)
    return {"sourceName": named["inputName"], "sourceUuid": named["inputUuid"]}


def inputs(
    words: ObsSerializer, old: Mapping[str, SourceSpec], new: Mapping[str, SourceSpec]
) -> Iterator[ObsEvent]:
    """Inputs that came, went or were edited, and their filters. Renames are told apart before."""
    if old is new:
        return
    kind = Subscription.INPUTS
    for name, spec in new.items():
        if name not in old:
            data = {
                **words.input_entry(spec),
                "inputSettings": words.input_settings(spec),
                "defaultInputSettings": words.input_defaults(spec.kind)
                if words.caps(spec.kind)
                else {},
            }
            yield ObsEvent(kind, "InputCreated", data)
        elif spec is not old[name]:
            if spec.settings != old[name].settings:
                data = {**words.input(name), "inputSettings": words.input_settings(spec)}
                yield ObsEvent(kind, "InputSettingsChanged", data)
            yield from _filters(words, name, old[name].filters, spec.filters)
    for name in old:
        if name not in new:
            yield ObsEvent(kind, "InputRemoved", words.input(name))


def _filters(
    words: ObsSerializer, source: str, old: tuple[FilterSpec, ...], new: tuple[FilterSpec, ...]
) -> Iterator[ObsEvent]:
    kind = Subscription.FILTERS
    which: Data = {"sourceName": source}
    before = {entry.name: entry for entry in old}
    after = {entry.name: entry for entry in new}
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    if len(gone) == len(come) == 1 and _but_name(before[gone[0]]) == _but_name(after[come[0]]):
        data = {**which, "oldFilterName": gone[0], "filterName": come[0]}
        yield ObsEvent(kind, "SourceFilterNameChanged", data)
        before[come[0]] = before.pop(gone[0])
        gone = come = []
    for name in gone:
        yield ObsEvent(kind, "SourceFilterRemoved", {**which, "filterName": name})
    for index, spec in enumerate(new):
        named = {**which, "filterName": spec.name}
        if spec.name in come:
            made = words.filter(spec, index)
            made.pop("filterEnabled")
            data = {**which, **made, "defaultFilterSettings": words.filter_defaults(spec.kind)}
            yield ObsEvent(kind, "SourceFilterCreated", data)
            continue
        was = before[spec.name]
        if was.is_enabled != spec.is_enabled:
            data = {**named, "filterEnabled": spec.is_enabled}
            yield ObsEvent(kind, "SourceFilterEnableStateChanged", data)
        if was.settings != spec.settings:
            data = {**named, "filterSettings": words.filter_settings(spec)}
            yield ObsEvent(kind, "SourceFilterSettingsChanged", data)
    kept = [name for name in before if name in after]
    if kept != [entry.name for entry in new if entry.name in before]:
        order = [words.filter(spec, n) for n, spec in enumerate(new)]
        yield ObsEvent(kind, "SourceFilterListReindexed", {**which, "filters": order})


def _but_name(spec: FilterSpec) -> Any:
    return (spec.kind, spec.settings, spec.version, spec.is_enabled)


def strips(
    words: ObsSerializer, old: Mapping[str, Strip], new: Mapping[str, Strip]
) -> Iterator[ObsEvent]:
    """Mutes, faders, balance and sync offsets."""
    kind = Subscription.INPUTS
    for name, strip in new.items():
        was = old.get(name)
        if was is None or was is strip:
            continue
        which = words.input(name)
        if was.is_muted != strip.is_muted:
            data = {**which, "inputMuted": strip.is_muted}
            yield ObsEvent(kind, "InputMuteStateChanged", data)
        if was.gain_db != strip.gain_db:
            data = {
                **which,
                "inputVolumeMul": mul_of(strip.gain_db),
                "inputVolumeDb": strip.gain_db,
            }
            yield ObsEvent(kind, "InputVolumeChanged", data)
        if was.pan != strip.pan:
            data = {**which, "inputAudioBalance": balance_of(strip.pan)}
            yield ObsEvent(kind, "InputAudioBalanceChanged", data)
        if was.sync_ms != strip.sync_ms:
            data = {**which, "inputAudioSyncOffset": strip.sync_ms}
            yield ObsEvent(kind, "InputAudioSyncOffsetChanged", data)


def shown(
    words: ObsSerializer, old: set[str], new: set[str], is_programme: bool
) -> Iterator[ObsEvent]:
    """Inputs that came on or went off the programme, or any picture somebody sees."""
    kind, name, field = (
        (Subscription.INPUT_ACTIVE_STATE_CHANGED, "InputActiveStateChanged", "videoActive")
        if is_programme
        else (Subscription.INPUT_SHOW_STATE_CHANGED, "InputShowStateChanged", "videoShowing")
    )
    for source in sorted(old ^ new):
        yield ObsEvent(kind, name, {**words.input(source), field: source in new})


def renamed(specs: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """What was known under the old name, under the new one: so a rename is no removal."""
    return {(new if name == old else name): value for name, value in specs.items()}
