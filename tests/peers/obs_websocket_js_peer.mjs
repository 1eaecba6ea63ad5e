// obs-websocket-js as its readme uses it: msgpack by default, null data, batches, reidentify.
import { createInterface } from "node:readline";
import OBSWebSocket, { EventSubscription } from "obs-websocket-js";

const [host, port, password, server, key] = process.argv.slice(2);
const address = `ws://${host}:${port}`;
const heard = [];
const waiting = [];

function wait(what, seconds = 30) {
  return new Promise((done, refuse) => {
    const timer = setTimeout(() => refuse(new Error(`${what}: ${heard}`)), seconds * 1000);
    const look = () => heard.includes(what) && (clearTimeout(timer), done());
    waiting.push(look);
    look();
  });
}

function told(what) {
  heard.push(what);
  waiting.forEach((look) => look());
}

const obs = new OBSWebSocket();
obs.on("CurrentProgramSceneChanged", ({ sceneName }) => told(sceneName));
obs.on("StreamStateChanged", ({ outputState }) => told(outputState));
const { negotiatedRpcVersion } = await obs.connect(address, password, {
  eventSubscriptions: EventSubscription.All,
});
const scenes = (await obs.call("GetSceneList")).scenes.map((scene) => scene.sceneName);
await obs.call("SetCurrentProgramScene", { sceneName: "Two" });
await wait("Two");
const both = await obs.callBatch([{ requestType: "GetVersion" }, { requestType: "GetStats" }]);
await obs.reidentify({ eventSubscriptions: EventSubscription.Outputs });

await obs.call("SetStreamServiceSettings", {
  streamServiceType: "rtmp_custom",
  streamServiceSettings: { server, key },
});
await obs.call("StartStream");
await wait("OBS_WEBSOCKET_OUTPUT_STARTED");
console.log(JSON.stringify({ live: true }));
const lines = createInterface({ input: process.stdin });
await new Promise((done) => lines.once("line", done));
lines.close();
await obs.call("StopStream");
await wait("OBS_WEBSOCKET_OUTPUT_STOPPED");
const { obsWebSocketVersion } = await obs.call("GetVersion");
const missing = await obs.call("GetInputMute", { inputName: "nobody" }).catch((error) => error.code);
await obs.disconnect();

const other = new OBSWebSocket();
const refused = await other.connect(address, "wrong").then(() => false, (error) => error.code === 4009);
console.log(JSON.stringify({
  scenes, heard, refused, version: obsWebSocketVersion, missing,
  rpc: negotiatedRpcVersion, codes: both.map((one) => one.requestStatus.code),
}));
process.exit(0);
