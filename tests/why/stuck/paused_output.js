// The parent waits until its child is over, and never reads what the child writes.
// edge: P end P.1
// edge: P.1 room P
// shape: circle P P.1
// repair: read_before_wait
// needs: node
const { spawn } = require("node:child_process");

const child = spawn("seq", ["1000000"], { stdio: ["ignore", "pipe", "inherit"] });
child.on("close", () => console.log("done"));
