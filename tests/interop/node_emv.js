// Lines of hex in, what node-emv (npm) makes of each as a line of JSON out: pairs of a tag and its value, templates taken apart.
// node-emv says on the console what it does with lengths of two bytes.
const say = console.log;
console.log = () => {};
const emv = require("node-emv");
const lines = require("fs").readFileSync(0, "utf8").trim().split("\n");
const flat = (found) => found.flatMap((one) => (Array.isArray(one.value) ? flat(one.value) : [[one.tag, one.value]]));
for (const line of lines) emv.parse(line, (found) => say(JSON.stringify(flat(found))));
