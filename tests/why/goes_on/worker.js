// because: the worker thread waits for so long only
// needs: node
const { Worker, isMainThread } = require("node:worker_threads");

if (isMainThread) {
  new Worker(__filename);
} else {
  process._rawDebug("ready");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000_000);
}
