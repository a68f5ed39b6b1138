// The journal and the payment transactions report of the chosen terminal as tables, and as CSV.

import { html, nothing } from "./vendor/lit-html.js";
import { choose } from "./acts.js";
import { amount, mood } from "./brief.js";
import { csv, save } from "./files.js";
import { bring } from "./log.js";
import { chosen, state, timeline } from "./state.js";
import { say } from "./words.js";

const JOURNAL = ["seq", "kind", "state", "amount", "entry", "pan", "reference"];
const REPORT = ["time", "type", "card", "amount", "status", "reference", "auth_code", "ticket"];

export function journal() {
  if (!state.journal.length) return html`<p class="empty">${say("no-journal")}</p>`;
  return html`<table class="rowtable"><thead><tr>${JOURNAL.map(heading)}</tr></thead><tbody>${state.journal.map((row) => html`<tr>${JOURNAL.map((name) =>
    html`<td class=${name === "state" ? mood(row.state ?? "") : ""}>${name === "seq" ? html`<button class="link" @click=${() => shows(row)}>${row.seq}</button>` : cell(name, row)}</td>`)}</tr>`)}</tbody></table>${foot(state.journal, "journal")}`;
}

export function report() {
  if (!state.report.length) return html`<p class="empty">${say("no-report")}</p>`;
  return html`<table class="rowtable"><thead><tr>${REPORT.map(heading)}</tr></thead><tbody>${state.report.map((row) => html`<tr>${REPORT.map((name) => html`<td>${cell(name, row)}</td>`)}</tr>`)}</tbody></table>${foot(state.report, "report")}`;
}

const heading = (name) => html`<th scope="col">${say(`field-${name}`)}</th>`;

const cell = (name, row) => (name === "amount" && row.amount !== undefined ? amount(row.amount, row.currency) : (row[name] ?? nothing));

function foot(rows, name) {
  const columns = [...new Set(rows.flatMap(Object.keys))];
  return html`<p class="foot"><button class="btn" @click=${() => save(csv(columns, rows), `${name}.csv`)}>CSV</button></p>`;
}

// The entry of the timeline that stored the row.
function shows(row) {
  const stored = timeline.entries.filter((entry) => entry.kind === "journal" && entry.terminal === chosen().name);
  const entry = stored.find((one) => one.t === row.t && one.row === row.kind && one.state === row.state);
  if (!entry) return;
  choose(entry.n);
  bring(entry.n);
}
