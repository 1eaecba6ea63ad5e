"""obsws-python as its own readme uses it: a request client, an event client."""

import json
import sys
import threading

import obsws_python as obs

host, port, password, server, key = sys.argv[1:]
where = {"host": host, "port": int(port), "password": password, "timeout": 20}
PLACE = {
    "positionX": 64,
    "positionY": 32,
    "alignment": 10,
    "boundsType": "OBS_BOUNDS_SCALE_TO_HEIGHT",
    "boundsAlignment": 9,
    "boundsWidth": 100,
    "boundsHeight": 50,
}
came = {name: threading.Event() for name in ("scene", "started", "stopped")}
heard = []


def on_current_program_scene_changed(data):
    heard.append(data.scene_name)
    came["scene"].set()


def on_stream_state_changed(data):
    heard.append(data.output_state)
    for word in ("started", "stopped"):
        if data.output_state == f"OBS_WEBSOCKET_OUTPUT_{word.upper()}":
            came[word].set()


events = obs.EventClient(**where)
events.callback.register([on_current_program_scene_changed, on_stream_state_changed])
client = obs.ReqClient(**where)

scenes = [scene["sceneName"] for scene in client.get_scene_list().scenes]
client.set_current_program_scene("Two")
assert came["scene"].wait(20), heard
assert client.get_current_program_scene().scene_name == "Two"

client.create_scene("Work")
made = client.create_input("Work", "Logo", "color_source_v3", {"color": 0xFF0000FF}, True)
client.set_input_name("Logo", "Mark")
client.set_input_settings("Mark", {"color": 0xFF00FF00}, True)
first = made.scene_item_id
clip = client.create_scene_item("Work", "clip").scene_item_id
copy = client.duplicate_scene_item("Work", first).scene_item_id
client.set_scene_item_transform("Work", first, PLACE)
client.set_scene_item_index("Work", copy, 0)
client.create_source_filter("Mark", "warm", "color_filter_v2", {"hue_shift": 20})
client.create_source_filter("Mark", "cut", "crop_filter")
client.set_source_filter_index("Mark", "cut", 0)
client.set_source_filter_name("Mark", "warm", "warmer")
client.set_source_filter_settings("Mark", "warmer", {"hue_shift": 30}, True)
client.set_source_filter_enabled("Mark", "warmer", False)
client.trigger_media_input_action("clip", "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PAUSE")
client.set_media_input_cursor("clip", 200)
client.set_input_mute("tone", True)
client.set_input_volume("tone", vol_db=-6)
client.set_input_audio_balance("tone", 0.25)
client.set_input_audio_sync_offset("tone", 100)
items = client.get_scene_item_list("Work").scene_items
settings = client.get_input_settings("Mark")
title = client.get_input_settings("title")
filters = client.get_source_filter_list("Mark").filters
work = {
    "input": [settings.input_kind, settings.input_settings["color"]],
    "items": [item["sceneItemId"] for item in items] == [copy, first, clip],
    "words": [title.input_kind.startswith("text_"), title.input_settings["text"]],
    "place": [items[1]["sceneItemTransform"][name] for name in PLACE],
    "filters": [[filter_["filterName"], filter_["filterEnabled"]] for filter_ in filters],
    "hue": filters[1]["filterSettings"]["hue_deg"],
    "media": client.get_media_input_status("clip").media_state,
    "db": client.get_input_volume("tone").input_volume_db,
    "muted": client.get_input_mute("tone").input_muted,
}
client.remove_source_filter("Mark", "cut")
client.remove_scene_item("Work", copy)
client.remove_input("Mark")
client.set_scene_name("Work", "Done")
client.remove_scene("Done")
work["left"] = [scene["sceneName"] for scene in client.get_scene_list().scenes] == scenes

client.set_stream_service_settings("rtmp_custom", {"server": server, "key": key})
client.start_stream()
assert came["started"].wait(30), heard
assert client.get_stream_status().output_active
print(json.dumps({"live": True}), flush=True)
sys.stdin.readline()
client.stop_stream()
assert came["stopped"].wait(20), heard
assert not client.get_stream_status().output_active

version = client.get_version().obs_web_socket_version
client.disconnect()
events.disconnect()

try:
    obs.ReqClient(**{**where, "password": "wrong"})
    refused = False
except Exception:
    refused = True
found = {"scenes": scenes, "heard": heard, "refused": refused, "version": version, "work": work}
print(json.dumps(found))
