// obs-websocket-js, unmodified, over TLS: comes in by a token, looks, acts, hears what was done.
import OBSWebSocket, { EventSubscription } from "obs-websocket-js";

const [address, token] = process.argv.slice(2);
const obs = new OBSWebSocket();
try {
  const { negotiatedRpcVersion } = await obs.connect(address, token, {
    eventSubscriptions: EventSubscription.Scenes,
  });
  const heard = new Promise((done) => obs.once("CurrentProgramSceneChanged", done));
  const { scenes } = await obs.call("GetSceneList");
  await obs.call("SetCurrentProgramScene", { sceneName: "Two" });
  const { sceneName } = await heard;
  const batch = await obs.callBatch([{ requestType: "GetVersion" }, { requestType: "GetStats" }]);
  const codes = batch.map((answer) => answer.requestStatus.code);
  const times = [];
  for (let count = 0; count < 500; count += 1) {
    const began = performance.now();
    await obs.call("GetStudioModeEnabled");
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  await obs.disconnect();
  console.log(JSON.stringify({
    rpc: negotiatedRpcVersion, scenes: scenes.map((scene) => scene.sceneName), sceneName, codes,
    tripMs: times[250],
  }));
} catch (fault) {
  console.log(JSON.stringify({ fault: String(fault.message || fault.code || fault) }));
}
process.exit(0);
