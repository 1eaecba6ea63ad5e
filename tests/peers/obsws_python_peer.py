"""obsws-python as its own readme uses it: a request client, an event client."""

import json
import sys
import threading

import obsws_python as obs

host, port, password, server, key = sys.argv[1:]
where = {"host": host, "port": int(port), "password": password, "timeout": 20}
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
print(json.dumps({"scenes": scenes, "heard": heard, "refused": refused, "version": version}))
