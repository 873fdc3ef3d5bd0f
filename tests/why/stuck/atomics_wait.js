// The main thread waits for a worker thread, which waits for the main thread.
// edge: P thread P
// needs: node
const { Worker, isMainThread, workerData } = require("node:worker_threads");

const memory = isMainThread ? new SharedArrayBuffer(8) : workerData;
const cell = new Int32Array(memory);
if (isMainThread) {
  const worker = new Worker(__filename, { workerData: memory });
  worker.on("online", () => Atomics.wait(cell, 0, 0));
} else {
  Atomics.wait(cell, 1, 0);
}
