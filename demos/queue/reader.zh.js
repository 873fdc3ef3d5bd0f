// 从 mp-demo 读值：
//   mp-demo queue --reader 'node reader.js'
const readline = require("readline");

const lines = readline.createInterface({ input: process.stdin });
lines.on("line", (line) => console.log("got", JSON.parse(line)));
// 再也不会有值时，stdin 到了末尾，于是触发 close。
lines.on("close", () => console.log("the queue has ended"));
