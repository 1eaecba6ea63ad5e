"""simpleobsws as its own samples use it: msgpack, emit, batches."""

import asyncio
import json
import sys

import simpleobsws

host, port, password, server, key = sys.argv[1:]
address = f"ws://{host}:{port}"
heard = []


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
    codes = [one.requestStatus.code for one in both]

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
            }
        )
    )


asyncio.run(main())
