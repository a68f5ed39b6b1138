// A point of sale on the vendor's own library (npm, square): a line of JSON in for each call, {"id", "call", "arguments"}, and a line out
// for its answer, {"id", "answer"} or {"id", "status", "errors"}. Amounts are numbers here and BigInt for the library.
const { SquareClient, SquareError } = require("square");
const lines = require("readline").createInterface({ input: process.stdin });
const [baseUrl, token] = process.argv.slice(2);
const client = new SquareClient({ token, baseUrl });

const inward = (key, value) => (key === "amount" ? BigInt(value) : value);
const outward = (key, value) => (typeof value === "bigint" ? Number(value) : value);

async function ask({ call, arguments: given }) {
  const names = call.split(".");
  const owner = names.slice(0, -1).reduce((room, name) => room[name], client);
  const answer = await owner[names.at(-1)](given);
  return answer?.data ?? answer;
}

lines.on("line", (line) => {
  const call = JSON.parse(line, inward);
  const say = (said) => console.log(JSON.stringify({ id: call.id, ...said }, outward));
  ask(call).then(
    (answer) => say({ answer }),
    (error) => (error instanceof SquareError ? say({ status: error.statusCode, errors: error.errors }) : say({ status: 0, errors: [String(error)] })),
  );
});
