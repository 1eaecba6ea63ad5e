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

// The calls of Companion's module for OBS (bitfocus/companion-module-obs-studio, src/api.ts and
// src/actions), in its order: its lists when it has connected, then its actions.
async function asCompanion(obs) {
  const ask = (type, data) => obs.call(type, data);
  const run = (requestType, requestData) =>
    ask("CallVendorRequest", { vendorName: "shopcast", requestType, requestData });
  const scene = { sceneName: "Desk" };
  const folder = (await ask("GetRecordDirectory")).recordDirectory;
  await ask("CreateScene", scene);
  const make = (inputName, inputKind, inputSettings) =>
    ask("CreateInput", { ...scene, inputName, inputKind, inputSettings });
  const price = await make("Price", "text_ft2_source_v2", { text: "99", color1: 0xffffffff });
  const badge = await make("Badge", "image_source", { file: "" });
  await ask("CreateSourceFilter", { sourceName: "Price", filterName: "key",
    filterKind: "chroma_key_filter_v2", filterSettings: { similarity: 300 } });
  await run("items.group", { scene: "Desk", items: [price.sceneItemId, badge.sceneItemId], group: "Tag" });

  for (const type of ["GetVersion", "GetStudioModeEnabled", "GetHotkeyList", "GetOutputList", "GetMonitorList",
    "GetVideoSettings", "GetReplayBufferStatus", "GetStats", "GetProfileList", "GetSceneCollectionList",
    "GetSceneTransitionList", "GetCurrentSceneTransition", "GetSpecialInputs"]) await ask(type);
  const { inputKinds } = await ask("GetInputKindList");
  await Promise.all(inputKinds.map((inputKind) => ask("GetInputDefaultSettings", { inputKind })));
  const batch = (type, ids, data) => obs.callBatch(ids.map((id) =>
    ({ requestType: type, requestData: data(id), requestId: id })));
  const { scenes } = await ask("GetSceneList");
  const sources = new Map(), failed = [];
  const read = (answers, isGroup) => answers.forEach(({ requestStatus, responseData }) => {
    if (!requestStatus.result) failed.push(requestStatus.comment);
    else responseData.sceneItems.forEach((one) => sources.set(one.sourceUuid, one));
  });
  read(await batch("GetSceneItemList", scenes.map((one) => one.sceneUuid), (sceneUuid) => ({ sceneUuid })));
  const onScenes = [...sources.values()].map((one) => one.sourceName);
  const groups = [...sources.values()].filter((one) => one.isGroup).map((one) => one.sourceUuid);
  read(await batch("GetGroupSceneItemList", groups, (sceneUuid) => ({ sceneUuid })));
  const uuids = [...sources.keys()], inputs = uuids.filter((uuid) => sources.get(uuid).inputKind);
  for (const type of ["GetSourceActive", "GetSourceFilterList"])
    (await batch(type, uuids, (sourceUuid) => ({ sourceUuid }))).forEach(({ requestStatus }) =>
      requestStatus.result || failed.push(requestStatus.comment));
  const told = await batch("GetInputSettings", inputs, (inputUuid) => ({ inputUuid }));
  for (const type of ["GetInputMute", "GetInputVolume", "GetInputAudioBalance", "GetInputAudioSyncOffset",
    "GetInputAudioMonitorType", "GetInputAudioTracks"]) await batch(type, inputs, (inputUuid) => ({ inputUuid }));
  const named = (check) => [...sources.values()].filter((one) => check(one.inputKind ?? ""))
    .map((one) => one.sourceName).sort();
  const uuid = uuids.find((one) => sources.get(one).sourceName === "Price");
  const settings = { ...told.find((one) => one.requestId === uuid).responseData.inputSettings };

  // "Set text properties" sends back all that it was told, with what was chosen changed.
  const font = { ...settings.font, size: 52, face: "Sans Serif" };
  await ask("SetInputSettings", { inputName: "Price", inputSettings: { ...settings, text: "79", font,
    color1: 0xff0000ff, color2: 0xff0000ff, outline: true, word_wrap: false } });
  const words = (await ask("GetInputSettings", { inputName: "Price" })).inputSettings;
  await ask("SetInputSettings", { inputName: "Badge", inputSettings: { file: `${folder}/badge.png` } });
  await ask("SetInputSettings", { inputName: "clip", inputSettings: { looping: true } });
  for (const action of ["RESTART", "STOP", "PLAY", "PAUSE"]) await ask("TriggerMediaInputAction",
    { inputName: "clip", mediaAction: `OBS_WEBSOCKET_MEDIA_INPUT_ACTION_${action}` });
  await ask("OffsetMediaInputCursor", { inputName: "clip", mediaCursorOffset: 100 });
  // "Set transform properties" of an item within a group, then its visibility.
  const item = { sceneUuid: groups[0], sceneItemId: price.sceneItemId };
  const place = { positionX: 40, positionY: 30, scaleX: 0.5, scaleY: 0.25, rotation: 90 };
  await ask("SetSceneItemTransform", { ...item, sceneItemTransform: place });
  const { sceneItemTransform } = await ask("GetSceneItemTransform", item);
  await obs.callBatch([{ requestType: "SetSceneItemEnabled", requestData: { ...item, sceneItemEnabled: false } }]);
  const { sceneItemEnabled } = await ask("GetSceneItemEnabled", item);
  const filter = { sourceName: "Price", filterName: "key" };
  const key = await ask("GetSourceFilter", filter);
  await ask("SetSourceFilterSettings", { ...filter, filterSettings: { ...key.filterSettings, smoothness: 60 } });
  const { filterSettings } = await ask("GetSourceFilter", filter);
  const lost = await ask("SetInputSettings", { inputName: "Price", inputSettings: { log_mode: true } })
    .catch((error) => error.code);
  const found = {
    texts: named((kind) => kind.startsWith("text_")), images: named((kind) => kind === "image_source"),
    media: named((kind) => kind === "ffmpeg_source" || kind === "vlc_source"),
    groups: groups.map((one) => sources.get(one).sourceName), failed,
    beside: onScenes.filter((name) => name === "Price" || name === "Badge"),
    words: [words.text, words.font.size, words.color1, Boolean(words.outline)],
    image: (await ask("GetInputSettings", { inputName: "Badge" })).inputSettings.file === `${folder}/badge.png`,
    looping: (await ask("GetInputSettings", { inputName: "clip" })).inputSettings.looping,
    place: Object.keys(place).map((name) => Number(sceneItemTransform[name].toFixed(2))),
    shown: sceneItemEnabled, filter: [key.filterKind, filterSettings.similarity, filterSettings.smoothness],
    lost,
  };
  await ask("SetInputSettings", { inputName: "clip", inputSettings: { looping: false } });
  for (const inputName of ["Price", "Badge"]) await ask("RemoveInput", { inputName });
  await ask("RemoveScene", scene);
  return found;
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
const companion = await asCompanion(obs);
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
  rpc: negotiatedRpcVersion, codes: both.map((one) => one.requestStatus.code), companion,
}));
process.exit(0);
