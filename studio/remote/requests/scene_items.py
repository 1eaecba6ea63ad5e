"""Scene item requests: what stands where."""

from __future__ import annotations

import msgspec

from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote import transform
from studio.remote.groups import SeenGroup, below_of, groups_of, is_beside, layer_of, layers_of
from studio.remote.requests.base import Requests, cannot, maybe, missing, need, request, whole
from studio.remote.session import Session
from studio.remote.words import BLENDS, ObsSerializer
from studio.scenes.model import Item, Scene
from studio.sources.filter_commands import unused

MOST_INDEX = 8192


class SceneItems(Requests):
    """Category "scene items". An item is known by its scene and its number there."""

    @request("GetSceneItemList")
    def item_list(self, session: Session, data: Data) -> Data:
        """A scene's items from back to front; those of a group are in its own list."""
        canvas, name = self.canvas(data).name, data.get("sceneName")
        if self.rooms.scenes.state.scene(str(name)) is None and self._named_group(data):
            return self.group_items(session, data)
        scene, words = self.scene(data), self._words()
        return {
            "sceneItems": [
                words.group(layer, canvas)
                if isinstance(layer, SeenGroup)
                else words.item(scene, layer, canvas)
                for layer in layers_of(scene)
            ]
        }

    @request("GetGroupSceneItemList")
    def group_items(self, session: Session, data: Data) -> Data:
        """The items of a group, known by its name, back to front."""
        words, group = self._words(), self._named_group(data)
        canvas = self.canvas(data).name
        if group is not None:
            return {"sceneItems": [words.item(group.scene, item, canvas) for item in group.items]}
        scene = self.scene(data)
        raise RequestError(RequestStatus.INVALID_RESOURCE_TYPE, f"{scene.name} is not a group.")

    @request("GetSceneItemId")
    def item_id(self, session: Session, data: Data) -> Data:
        """The number of a source's item in a scene."""
        scene, name = self._scene(data), need(data, "sourceName")
        offset = whole(data, "searchOffset", -1, MOST_INDEX, 0)
        found = [item.id for item in scene.items if item.source == name]
        found += [group.id for group in groups_of(scene) if group.name == name]
        if not found or offset >= len(found):
            raise RequestError(RequestStatus.NOT_FOUND, f"{name} is not in {scene.name}.")
        return {"sceneItemId": found[offset]}

    @request("GetSceneItemSource")
    def item_source(self, session: Session, data: Data) -> Data:
        """The source behind an item."""
        group = self._group(data)
        if group is not None:
            return {"sourceName": group.name, "sourceUuid": self.ids.group(group.name)}
        item = self._item(data)[1]
        return {"sourceName": item.source, "sourceUuid": self.ids.input(item.source)}

    @request("CreateSceneItem")
    async def create(self, session: Session, data: Data) -> Data:
        """Puts an input on a scene, or another scene by way of an input that draws it."""
        scene, source = self.scene(data), self.source(data)
        enabled = maybe(data, "sceneItemEnabled", bool, True)
        name = source.name
        if isinstance(source, Scene):
            name = await self._nested(session, scene, source)
        made = await self.run(
            session, "items.add", scene=scene.id, source=name, enabled=enabled, fit="native"
        )
        return {"sceneItemId": made["id"]}

    async def _nested(self, session: Session, scene: Scene, inner: Scene) -> str:
        """The input that draws ``inner``; made, under the scene's name, when there is none."""
        specs = self.rooms.bank.specs
        if inner.id == scene.id:
            raise cannot("A scene cannot show itself.")
        for spec in specs.values():
            if spec.kind == "scene" and spec.settings.get("scene") in (inner.name, inner.id):
                return spec.name
        name = unused(inner.name, specs)
        settings = {"scene": inner.name}
        await self.run(session, "sources.add", name=name, kind="scene", settings=settings)
        return name

    @request("DuplicateSceneItem")
    async def duplicate(self, session: Session, data: Data) -> Data:
        """Copies an item within its scene or to another."""
        scene, item = self._item(data)
        has_target = any(
            data.get(name) is not None for name in ("destinationSceneName", "destinationSceneUuid")
        )
        target = self.scene(data, "destinationScene") if has_target else scene
        made = await self.run(
            session, "items.copy", scene=scene.id, item=item.id, to_scene=target.id
        )
        return {"sceneItemId": made["id"]}

    @request("RemoveSceneItem")
    async def remove(self, session: Session, data: Data) -> None:
        """Takes an item off; its source stays. A group goes with all that is in it."""
        group = self._group(data)
        scene, items = (group.scene, group.items) if group else _listed(*self._item(data))
        for item in items:
            await self.run(session, "items.remove", scene=scene.id, item=item.id)

    # -- what is set of an item --------------------------------------------------------------

    @request("GetSceneItemTransform")
    def get_transform(self, session: Session, data: Data) -> Data:
        """Where it stands, in the canvas's pixels."""
        canvas, group, words = self.canvas(data).name, self._group(data), self._words()
        if group is not None:
            return {"sceneItemTransform": words.group_transform(group, canvas)}
        return {"sceneItemTransform": words.transform(self._item(data)[1], canvas)}

    @request("SetSceneItemTransform")
    async def set_transform(self, session: Session, data: Data) -> None:
        """Moves, scales or crops it on one canvas."""
        canvas = self.canvas(data)
        given: Data = need(data, "sceneItemTransform", dict)
        if not any(name in _FIELDS for name in given):
            raise RequestError(RequestStatus.CANNOT_ACT, "Nothing of the transform is given.")
        group = self._group(data)
        if group is not None:
            if given.get("rotation"):
                raise cannot("A group is not turned here: turn its items.")
            boxes = group.moved(canvas.name, (canvas.width, canvas.height), given)
            args = {"canvas": canvas.name, "boxes": msgspec.to_builtins(boxes)}
            await self.run(session, "items.place", scene=group.scene.id, **args)
            return
        scene, item = self._item(data)
        size = self._words().size(item.source)
        placed = transform.apply(item, canvas.name, (canvas.width, canvas.height), size, given)
        await self.run(
            session,
            "items.set",
            scene=scene.id,
            item=item.id,
            canvas=canvas.name,
            box=msgspec.to_builtins(placed.box),
            crop=msgspec.to_builtins(placed.crop),
            fit=placed.fit,
            rotation=placed.rotation,
            mirrored=placed.is_mirrored,
            flipped=placed.is_flipped,
            focus_x=placed.focus[0],
            focus_y=placed.focus[1],
            anchor_x=placed.anchor[0],
            anchor_y=placed.anchor[1],
            cut=placed.is_cut,
            unit=placed.unit,
        )

    @request("GetSceneItemEnabled")
    def get_enabled(self, session: Session, data: Data) -> Data:
        """Is it shown?"""
        return {"sceneItemEnabled": (self._group(data) or self._item(data)[1]).is_enabled}

    @request("SetSceneItemEnabled")
    async def set_enabled(self, session: Session, data: Data) -> None:
        """Shows or hides it."""
        on, group = need(data, "sceneItemEnabled", bool), self._group(data)
        if group is not None:
            which = {"scene": group.scene.id, "group": group.name}
            await self.run(session, "items.enable_group", **which, on=on)
            return
        scene, item = self._item(data)
        await self.run(session, "items.enable", scene=scene.id, item=item.id, on=on)

    @request("GetSceneItemLocked")
    def get_locked(self, session: Session, data: Data) -> Data:
        """Is it locked?"""
        return {"sceneItemLocked": (self._group(data) or self._item(data)[1]).is_locked}

    @request("SetSceneItemLocked")
    async def set_locked(self, session: Session, data: Data) -> None:
        """Locks it, so that nobody moves it by mistake."""
        on, group = need(data, "sceneItemLocked", bool), self._group(data)
        if group is not None:
            for member in group.items:
                which = {"scene": group.scene.id, "item": member.id}
                await self.run(session, "items.set", **which, locked=on)
            return
        scene, item = self._item(data)
        await self.run(session, "items.set", scene=scene.id, item=item.id, locked=on)

    @request("GetSceneItemIndex")
    def get_index(self, session: Session, data: Data) -> Data:
        """Its layer, 0 at the back."""
        group = self._group(data)
        if group is not None:
            return {"sceneItemIndex": group.index}
        scene, item = self._item(data)
        return {"sceneItemIndex": layer_of(scene, item)}

    @request("SetSceneItemIndex")
    async def set_index(self, session: Session, data: Data) -> None:
        """Moves it to a layer of its scene or group; a group with all that is in it."""
        group = self._group(data)
        scene, item = (group.scene, group.items[0]) if group else self._item(data)
        index = whole(data, "sceneItemIndex", 0, MOST_INDEX)
        below = list(below_of(scene, group or item, index))
        for member in group.items if group else (item,):
            found = self.rooms.scenes.state.scene(scene.id) or scene
            rest = [other.id for other in found.items if other.id != member.id]
            to = max((rest.index(id) + 1 for id in below if id in rest), default=0)
            if not below and member.group and not group:  # to the back of its group
                to = min(rest.index(row.id) for row in found.items if is_beside(row, member))
            await self.run(session, "items.move", scene=scene.id, item=member.id, index=to)
            below = [member.id]

    @request("GetSceneItemBlendMode")
    def get_blend(self, session: Session, data: Data) -> Data:
        """How it meets what is behind it."""
        is_group = self._group(data) is not None
        blend = "normal" if is_group else self._item(data)[1].blend
        return {"sceneItemBlendMode": BLENDS[blend]}

    @request("SetSceneItemBlendMode")
    async def set_blend(self, session: Session, data: Data) -> None:
        """Changes how it meets what is behind it."""
        scene, item = self._item(data)
        mode = need(data, "sceneItemBlendMode")
        ours = next((name for name, its in BLENDS.items() if mode == its), None)
        if ours is None:
            raise RequestError(RequestStatus.INVALID_FIELD, f"There is no blend mode {mode}.")
        await self.run(session, "items.set", scene=scene.id, item=item.id, blend=ours)

    def _named_group(self, data: Data) -> SeenGroup | None:
        """The group that stands where a request names a scene; OBS's groups are scenes."""
        return self.group(data, "scene")

    def _scene(self, data: Data) -> Scene:
        """The scene of a request, or the one that a named group is on."""
        try:
            return self.scene(data)
        except RequestError as error:
            group = self._named_group(data)
            if group is None or error.status != RequestStatus.NOT_FOUND:
                raise
            return group.scene

    def _group(self, data: Data) -> SeenGroup | None:
        """The group whose number a request gives; None for an item's."""
        scene = self._scene(data)
        id = data.get("sceneItemId")
        return next((group for group in groups_of(scene) if group.id == id), None)

    def _item(self, data: Data) -> tuple[Scene, Item]:
        scene = self._scene(data)
        if data.get("sceneItemId") is None:
            raise missing("sceneItemId")
        id = whole(data, "sceneItemId", 0, 2**53)
        item = scene.item(id)
        if item is None and self._group(data) is not None:
            raise cannot("A group is not copied and not blended here: its items are.")
        if item is None:
            raise RequestError(RequestStatus.NOT_FOUND, f"{scene.name} has no item {id}.")
        return scene, item

    def _words(self) -> ObsSerializer:
        return ObsSerializer(self.rooms, self.ids)


def _listed(scene: Scene, item: Item) -> tuple[Scene, tuple[Item, ...]]:
    return scene, (item,)


_FIELDS = frozenset(
    [
        "positionX",
        "positionY",
        "rotation",
        "scaleX",
        "scaleY",
        "alignment",
        "boundsType",
        "boundsAlignment",
        "boundsWidth",
        "boundsHeight",
        "cropLeft",
        "cropTop",
        "cropRight",
        "cropBottom",
        "cropToBounds",
    ]
)
