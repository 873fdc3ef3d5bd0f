// 为 mp-demo 写值：
//   mp-demo queue --writer 'node writer.js'
const { setTimeout: sleep } = require("timers/promises");

async function main() {
  for (const value of ["A", 2, { n: 3 }]) {
    // 一个值就是一行 JSON。在 Linux 上，Node 会立刻把它写进管道。
    console.log(JSON.stringify(value));
    await sleep(300);
  }
}

main();
