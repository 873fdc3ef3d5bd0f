// because: anybody may connect to it
// needs: node
const http = require("node:http");

http.createServer().listen(0, "127.0.0.1", () => process.stderr.write("ready\n"));
