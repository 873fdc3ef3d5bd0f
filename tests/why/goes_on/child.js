// because: its child sleeps
// needs: node
const { spawn } = require("node:child_process");

spawn("sleep", ["1000"], { stdio: "pipe" }).on("spawn", () => process.stderr.write("ready\n"));
