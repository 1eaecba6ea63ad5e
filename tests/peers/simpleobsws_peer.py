"""simpleobsws as its own samples use it: msgpack, emit, batches."""

import asyncio
import json
import sys

import simpleobsws

host, port, password, server, key = sys.argv[1:]
address = f"ws://{host}:{port}"
heard = []


PLACE = {
    "positionX": 64,
    "positionY": 32,
    "alignment": 10,
    "boundsType": "OBS_BOUNDS_SCALE_TO_HEIGHT",
    "boundsAlignment": 9,
    "boundsWidth": 100,
    "boundsHeight": 50,
}


async def use(ask):
    """Makes a scene, works on it and takes it away again."""
    scene, mark, tone = {"sceneName": "Work"}, {"inputName": "Mark"}, {"inputName": "tone"}
    before = (await ask("GetSceneList"))["scenes"]
    await ask("CreateScene", scene)
    logo = {"inputName": "Logo", "inputKind": "color_source_v3"}
    first = await ask("CreateInput", {**scene, **logo, "inputSettings": {"color": 0xFF0000FF}})
    await ask("SetInputName", {"inputName": "Logo", "newInputName": "Mark"})
    await ask("SetInputSettings", {**mark, "inputSettings": {"color": 0xFF00FF00}})
    clip = await ask("CreateSceneItem", {**scene, "sourceName": "clip"})
    item = {**scene, "sceneItemId": first["sceneItemId"]}
    copy = {**scene, **await ask("DuplicateSceneItem", item)}
    await ask("SetSceneItemTransform", {**item, "sceneItemTransform": PLACE})
    await ask("SetSceneItemIndex", {**copy, "sceneItemIndex": 0})
    for name, kind, given in (
        ("warm", "color_filter_v2", {"hue_shift": 20}),
        ("cut", "crop_filter", {}),
    ):
        made = {"filterName": name, "filterKind": kind, "filterSettings": given}
        await ask("CreateSourceFilter", {"sourceName": "Mark", **made})
    cut = {"sourceName": "Mark", "filterName": "cut"}
    warm = {"sourceName": "Mark", "filterName": "warm"}
    await ask("SetSourceFilterIndex", {**cut, "filterIndex": 0})
    await ask("SetSourceFilterName", {**warm, "newFilterName": "warmer"})
    warm["filterName"] = "warmer"
    await ask("SetSourceFilterSettings", {**warm, "filterSettings": {"hue_shift": 30}})
    await ask("SetSourceFilterEnabled", {**warm, "filterEnabled": False})
    action = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PAUSE"
    await ask("TriggerMediaInputAction", {"inputName": "clip", "mediaAction": action})
    await ask("SetMediaInputCursor", {"inputName": "clip", "mediaCursor": 200})
    await ask("SetInputMute", {**tone, "inputMuted": True})
    await ask("SetInputVolume", {**tone, "inputVolumeDb": -6})
    await ask("SetInputAudioBalance", {**tone, "inputAudioBalance": 0.25})
    await ask("SetInputAudioSyncOffset", {**tone, "inputAudioSyncOffset": 100})
    items = (await ask("GetSceneItemList", scene))["sceneItems"]
    title = await ask("GetInputSettings", {"inputName": "title"})
    settings = await ask("GetInputSettings", mark)
    filters = (await ask("GetSourceFilterList", {"sourceName": "Mark"}))["filters"]
    ids = [entry["sceneItemId"] for entry in (copy, item, clip)]
    work = {
        "input": [settings["inputKind"], settings["inputSettings"]["color"]],
        "items": [item["sceneItemId"] for item in items] == ids,
        "words": [title["inputKind"].startswith("text_"), title["inputSettings"]["text"]],
        "place": [items[1]["sceneItemTransform"][name] for name in PLACE],
        "filters": [[filter_["filterName"], filter_["filterEnabled"]] for filter_ in filters],
        "hue": filters[1]["filterSettings"]["hue_deg"],
        "media": (await ask("GetMediaInputStatus", {"inputName": "clip"}))["mediaState"],
        "db": (await ask("GetInputVolume", tone))["inputVolumeDb"],
        "muted": (await ask("GetInputMute", tone))["inputMuted"],
    }
    await ask("RemoveSourceFilter", cut)
    await ask("RemoveSceneItem", copy)
    await ask("RemoveInput", mark)
    await ask("SetSceneName", {**scene, "newSceneName": "Done"})
    await ask("RemoveScene", {"sceneName": "Done"})
    work["left"] = (await ask("GetSceneList"))["scenes"] == before
    return work


async def main():
    came = {name: asyncio.Event() for name in ("scene", "started", "stopped")}

    async def on_scene(data):
        heard.append(data["sceneName"])
        came["scene"].set()

    async def on_stream(data):
        heard.append(data["outputState"])
        for word in ("started", "stopped"):
            if data["outputState"] == f"OBS_WEBSOCKET_OUTPUT_{word.upper()}":
                came[word].set()

    client = simpleobsws.WebSocketClient(url=address, password=password)
    client.register_event_callback(on_scene, "CurrentProgramSceneChanged")
    client.register_event_callback(on_stream, "StreamStateChanged")
    await client.connect()
    assert await client.wait_until_identified(20)

    async def ask(kind, data=None):
        answer = await client.call(simpleobsws.Request(kind, data))
        assert answer.ok(), (kind, answer.requestStatus)
        return answer.responseData

    found = await ask("GetSceneList")
    scenes = [scene["sceneName"] for scene in found["scenes"]]
    await ask("SetCurrentProgramScene", {"sceneName": "Two"})
    await asyncio.wait_for(came["scene"].wait(), 20)
    both = await client.call_batch(
        [simpleobsws.Request("GetStudioModeEnabled"), simpleobsws.Request("Nonsense")]
    )
    codes = [entry.requestStatus.code for entry in both]

    work = await use(ask)
    settings = {"server": server, "key": key}
    await ask(
        "SetStreamServiceSettings",
        {"streamServiceType": "rtmp_custom", "streamServiceSettings": settings},
    )
    await ask("StartStream")
    await asyncio.wait_for(came["started"].wait(), 30)
    print(json.dumps({"live": True}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await ask("StopStream")
    await asyncio.wait_for(came["stopped"].wait(), 20)
    version = (await ask("GetVersion"))["obsWebSocketVersion"]
    await client.disconnect()

    other = simpleobsws.WebSocketClient(url=address, password="wrong")
    await other.connect()
    refused = not await other.wait_until_identified(5)
    await other.disconnect()
    print(
        json.dumps(
            {
                "scenes": scenes,
                "heard": heard,
                "refused": refused,
                "version": version,
                "codes": codes,
                "work": work,
            }
        )
    )


asyncio.run(main())
