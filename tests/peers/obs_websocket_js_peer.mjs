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

const PLACE = {
  positionX: 64, positionY: 32, alignment: 10, boundsType: "OBS_BOUNDS_SCALE_TO_HEIGHT",
  boundsAlignment: 9, boundsWidth: 100, boundsHeight: 50,
};

// Makes a scene, works on it and takes it away again.
async function use(obs) {
  const scene = { sceneName: "Work" }, mark = { inputName: "Mark" }, tone = { inputName: "tone" };
  const before = JSON.stringify((await obs.call("GetSceneList")).scenes);
  await obs.call("CreateScene", scene);
  const { sceneItemId } = await obs.call("CreateInput", { ...scene, inputName: "Logo",
    inputKind: "color_source_v3", inputSettings: { color: 0xff0000ff } });
  await obs.call("SetInputName", { inputName: "Logo", newInputName: "Mark" });
  await obs.call("SetInputSettings", { ...mark, inputSettings: { color: 0xff00ff00 } });
  const clip = await obs.call("CreateSceneItem", { ...scene, sourceName: "clip" });
  const item = { ...scene, sceneItemId };
  const copy = { ...scene, ...(await obs.call("DuplicateSceneItem", item)) };
  await obs.call("SetSceneItemTransform", { ...item, sceneItemTransform: PLACE });
  await obs.call("SetSceneItemIndex", { ...copy, sceneItemIndex: 0 });
  const warm = { sourceName: "Mark", filterName: "warm" }, cut = { sourceName: "Mark", filterName: "cut" };
  await obs.call("CreateSourceFilter", { ...warm, filterKind: "color_filter_v2", filterSettings: { hue_shift: 20 } });
  await obs.call("CreateSourceFilter", { ...cut, filterKind: "crop_filter" });
  await obs.call("SetSourceFilterIndex", { ...cut, filterIndex: 0 });
  await obs.call("SetSourceFilterName", { ...warm, newFilterName: "warmer" });
  warm.filterName = "warmer";
  await obs.call("SetSourceFilterSettings", { ...warm, filterSettings: { hue_shift: 30 } });
  await obs.call("SetSourceFilterEnabled", { ...warm, filterEnabled: false });
  await obs.call("TriggerMediaInputAction", { inputName: "clip", mediaAction: "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PAUSE" });
  await obs.call("SetMediaInputCursor", { inputName: "clip", mediaCursor: 200 });
  await obs.call("SetInputMute", { ...tone, inputMuted: true });
  await obs.call("SetInputVolume", { ...tone, inputVolumeDb: -6 });
  await obs.call("SetInputAudioBalance", { ...tone, inputAudioBalance: 0.25 });
  await obs.call("SetInputAudioSyncOffset", { ...tone, inputAudioSyncOffset: 100 });
  const { sceneItems } = await obs.call("GetSceneItemList", scene);
  const settings = await obs.call("GetInputSettings", mark);
  const title = await obs.call("GetInputSettings", { inputName: "title" });
  const { filters } = await obs.call("GetSourceFilterList", { sourceName: "Mark" });
  const work = {
    input: [settings.inputKind, settings.inputSettings.color],
    items: String(sceneItems.map((one) => one.sceneItemId)) === String([copy, item, clip].map((one) => one.sceneItemId)),
    words: [title.inputKind.startsWith("text_"), title.inputSettings.text],
    place: Object.keys(PLACE).map((name) => sceneItems[1].sceneItemTransform[name]),
    filters: filters.map((one) => [one.filterName, one.filterEnabled]),
    hue: filters[1].filterSettings.hue_deg,
    media: (await obs.call("GetMediaInputStatus", { inputName: "clip" })).mediaState,
    db: (await obs.call("GetInputVolume", tone)).inputVolumeDb,
    muted: (await obs.call("GetInputMute", tone)).inputMuted,
  };
  await obs.call("RemoveSourceFilter", cut);
  await obs.call("RemoveSceneItem", copy);
  await obs.call("RemoveInput", mark);
  await obs.call("SetSceneName", { ...scene, newSceneName: "Done" });
  await obs.call("RemoveScene", { sceneName: "Done" });
  work.left = JSON.stringify((await obs.call("GetSceneList")).scenes) === before;
  return work;
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
const work = await use(obs);
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
  scenes, heard, refused, version: obsWebSocketVersion, missing, work,
  rpc: negotiatedRpcVersion, codes: both.map((one) => one.requestStatus.code),
}));
process.exit(0);
