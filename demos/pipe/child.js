// Sends a list to mp-demo:
//   mp-demo pipe --child 'node child.js'
//   mp-demo pipe --child 'node child.js' --reply
const readline = require("readline");

// A message is one line of JSON. On Linux, Node writes it into a pipe
// at once.
console.log(JSON.stringify(["A", "B", "C"]));

// Only with --reply is there something to read. stdout is the pipe;
// stderr is yours.
const lines = readline.createInterface({ input: process.stdin });
lines.on("line", (line) => console.error("the reply:", JSON.parse(line)));
