// Writes values for mp-demo:
//   mp-demo queue --writer 'node writer.js'
const { setTimeout: sleep } = require("timers/promises");

async function main() {
  for (const value of ["A", 2, { n: 3 }]) {
    // A value is one line of JSON. On Linux, Node writes it into a pipe
    // at once.
    console.log(JSON.stringify(value));
    await sleep(300);
  }
}

main();
