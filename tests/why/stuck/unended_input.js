// cat reads until its stdin ends, and the parent never ends it.
// edge: P end P.1
// edge: P.1 value P
// shape: circle P P.1
// repair: who_sends
// needs: node
const { spawn } = require("node:child_process");

const child = spawn("cat", { stdio: ["pipe", "pipe", "inherit"] });
child.stdin.write("A");
child.on("close", () => console.log("done"));
