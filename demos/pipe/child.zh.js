// 向 mp-demo 发送一个列表：
//   mp-demo pipe --child 'node child.js'
//   mp-demo pipe --child 'node child.js' --reply
const readline = require("readline");

// 一条消息就是一行 JSON。在 Linux 上，Node 会立刻把它写进管道。
console.log(JSON.stringify(["A", "B", "C"]));

// 用了 --reply 才有内容可读。stdout 是管道，stderr 归你使用。
const lines = readline.createInterface({ input: process.stdin });
lines.on("line", (line) => console.error("the reply:", JSON.parse(line)));
