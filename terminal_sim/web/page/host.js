// The host of the bench: what decides its answers, the way of each terminal to it, its newest messages and the end of its books.
// A host on a network has its rules and books in its own process: of that one the ways to it and the messages are shown.

import { html, nothing } from "./vendor/lit-html.js";
import { act } from "./acts.js";
import { bench, facts } from "./bench.js";
import { amount, mood } from "./brief.js";
import { csv, save } from "./files.js";
import { menu } from "./menu.js";
import { state } from "./state.js";
import { hostAnswers } from "./surroundings.js";
import { say } from "./words.js";

const MESSAGES = ["kind", "mti", "terminal", "stan", "amount", "response", "pan", "reference", "note"];
const ENTRIES = ["number", "kind", "terminal", "stan", "amount", "pan", "reference", "original"];

export function host() {
  const now = state.host;
  if (!now) return nothing;
  return html`<div class="host">
    <div class="w"><span>${say("host-at")}</span><span>${now.address ? html`<code>${now.address}</code>` : say("host-here")}, <code>${now.dialect}</code></span></div>
    ${now.rules ? rules(now.rules) : html`<p class="empty">${say("host-elsewhere")}</p>`}
    ${now.books ? html`<div class="w"><span>${say("host-net")}</span><span>${net(now.books)}</span></div>` : nothing}
    ${lines(now.lines)}
    ${table("host-messages", MESSAGES, now.newest.messages, now.messages, "/host/messages")}
    ${now.books ? table("host-books", ENTRIES, now.newest.entries, now.books.entries, "/host/entries") : nothing}</div>`;
}

const net = ({ net: sums }) => (Object.keys(sums).length ? Object.entries(sums).map(([currency, minor]) => amount(minor, currency)).join(", ") : "0.00");

function rules({ answers, sends, pack, packs, always }) {
  return html`<div class="w"><span>${say("host-next")}</span><span class="chips">${answers.map((one) => html`<span class="chip warn">${one}</span>`)}<button class="chip plus" aria-haspopup="menu" @click=${hostAnswers}>+ ${say("answer")}</button></span></div>
    <div class="w"><span>${say("host-scripts")}</span><span class="chips">${sends.map((one) => html`<span class="chip warn">${one}</span>`)}<button class="chip plus" aria-haspopup="dialog" @click=${sending}>+ ${say("host-script")}</button></span></div>
    <div class="w"><span>${say("host-pack")}</span><span class="seg" role="group" aria-label=${say("host-pack")}>${["", ...packs].map((name) =>
      html`<button aria-pressed=${name === pack} @click=${() => act({ do: "host-pack", name: name || "none" })}>${name || say("host-no-pack")}</button>`)}</span></div>
    <div class="w"><span>${say("host-always")}</span><span class="chips">${always.map((one) => html`<code class="chip">${one}</code>`)}</span></div>`;
}

const sending = (event) => menu(event.currentTarget, [{ form: [{ name: "script", label: "host sends", value: "unblock-pin" }], label: say("add-to-queue"), act: ({ script }) => act({ lines: [`host sends ${script}`] }) }], say("host-scripts"));

function lines(all) {
  return html`<table class="rowtable"><caption>${say("host-lines")}</caption><thead><tr>${["terminal", "line-state", "troubles"].map(heading)}</tr></thead>
    <tbody>${all.map((line) => html`<tr><td>${line.terminal}</td><td>${say(`line-${line.state.replace(" ", "-")}`)}${line.waits ? `, ${say("line-waits")}` : ""}</td>
      <td><span class="chips">${line.troubles.map((one) => html`<span class="chip warn">${one.replace(/^fault /, "")}</span>`)}<button class="chip plus" aria-haspopup="menu" aria-label=${say("host-trouble", { terminal: line.terminal })} @click=${(event) => troubles(event, line)}>+ ${say("fault")}</button></span></td></tr>`)}</tbody></table>`;
}

// What can happen on the way of a terminal: to its link, to the service behind it, to its next answer.
async function troubles(event, { terminal, troubles: now }) {
  const opener = event.currentTarget;
  const id = [...state.terminals.values()].find((each) => each.name === terminal)?.id;
  if (!id) return;
  await facts(id);
  const does = (line, hint = "") => ({ label: line, hint, act: () => act({ lines: [line] }, id) });
  const has = (start) => now.some((one) => one.startsWith(start));
  menu(opener, [
    does(has("network down") ? "network up" : "network down"),
    does(has("network slow") ? "network up" : "network slow 5s"),
    does(has("service down") ? "service up" : "service down"),
    ...(state.faults.get(id) ?? []).filter(({ name }) => name.startsWith("host-")).map(({ name, meaning }) => does(`fault ${name}`, meaning)),
  ], say("host-lines"));
}

function table(title, columns, rows, count, path) {
  const caption = say(title, { n: count });
  if (!rows.length) return html`<p class="empty">${caption}</p>`;
  return html`<table class="rowtable"><caption>${caption} <button class="btn slim" aria-label="CSV: ${caption}" @click=${() => whole(path, title)}>CSV</button></caption><thead><tr>${columns.map(heading)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${columns.map((name) => html`<td class=${name === "response" ? mood(row.response ? `code ${row.response}` : "") : ""}>${cell(name, row)}</td>`)}</tr>`)}</tbody></table>`;
}

const heading = (name) => html`<th scope="col">${say(`field-${name}`)}</th>`;

const cell = (name, row) => (name === "amount" ? amount(row.amount, row.currency) : (row[name] ?? nothing));

// All rows as a file, not the shown ones alone.
async function whole(path, title) {
  const rows = await bench.get(path);
  save(csv([...new Set(rows.flatMap(Object.keys))], rows), `${title}.csv`);
}
