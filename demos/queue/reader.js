// Reads values from mp-demo:
//   mp-demo queue --reader 'node reader.js'
const readline = require("readline");

const lines = readline.createInterface({ input: process.stdin });
lines.on("line", (line) => console.log("got", JSON.parse(line)));
// It closes when nothing more can come: stdin is at its end then.
lines.on("close", () => console.log("the queue has ended"));
