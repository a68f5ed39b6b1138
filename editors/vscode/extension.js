// Starts `terminal-sim lsp` for .keys files, and stops it with the window.

const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = () => {
  const command = workspace.getConfiguration("terminal-sim").get("command");
  const server = { command, args: ["lsp"] };
  const documents = { documentSelector: [{ language: "keys" }] };
  client = new LanguageClient("terminal-sim", "terminal-sim", server, documents);
  return client.start();
};

exports.deactivate = () => client?.stop();
