// A point of sale on the vendor's own library (npm, @adyen/api-library). Lines of JSON in: {"id", "url", "ca", "key", "request"}, where
// `request` is a whole SaleToPOIRequest and `key` null means that nothing is sealed. Lines out: {"id", "response"} or {"id", "error"}.
const { Client, TerminalCloudAPI, TerminalLocalAPI } = require("@adyen/api-library");
const { default: TerminalLocalAPIUnencrypted } = require("@adyen/api-library/lib/src/services/terminalLocalAPIUnencrypted");
const { CloudDeviceApi } = require("@adyen/api-library/lib/src/services/clouddevice/cloudDeviceApi");
const { EncryptedCloudDeviceApi } = require("@adyen/api-library/lib/src/services/clouddevice/encryptedCloudDeviceApi");
const lines = require("readline").createInterface({ input: process.stdin });

// With "cloud" the call goes by the platform, and `key` is that of its header: "sync" waits for the answer, "async" does not.
async function askCloud({ url, key, request, cloud }) {
  const client = new Client({ apiKey: key, environment: "TEST" });
  client.config.terminalApiCloudEndpoint = url;
  client.config.connectionTimeoutMillis = 120000;
  return new TerminalCloudAPI(client)[cloud](request);
}

// With "device" it goes by the Cloud device API: a method of the library's class with its arguments, sealed where there are "credentials".
async function askDevice({ url, key, device, args, credentials }) {
  const client = new Client({ apiKey: key, environment: "TEST" });
  client.config.connectionTimeoutMillis = 120000;
  const api = credentials ? new EncryptedCloudDeviceApi(client, credentials) : new CloudDeviceApi(client);
  api.baseUrl = `${url}/v1`;
  return api[device](...args);
}

async function ask({ url, ca, key, request, cloud, device, args, credentials }) {
  if (device) return askDevice({ url, key, device, args, credentials });
  if (cloud) return askCloud({ url, key, request, cloud });
  const client = new Client({ apiKey: "test", environment: "TEST" });
  client.config.terminalApiLocalEndpoint = url.replace(/:\d+\/nexo\/$/, "");
  client.config.certificatePath = ca;
  client.config.connectionTimeoutMillis = 120000;
  const api = new (key ? TerminalLocalAPI : TerminalLocalAPIUnencrypted)(client);
  api.localRequest.endpoint = url;
  return key ? api.request(request, key) : api.request(request);
}

lines.on("line", (line) => {
  const call = JSON.parse(line);
  ask(call).then(
    (response) => console.log(JSON.stringify({ id: call.id, response })),
    (error) => console.log(JSON.stringify({ id: call.id, error: { name: error.constructor.name, message: error.message, statusCode: error.statusCode } })),
  );
});
