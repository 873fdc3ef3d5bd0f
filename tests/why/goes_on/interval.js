// because: a timer goes off now and then
// needs: node
setInterval(() => {}, 100_000);
process.stderr.write("ready\n");
