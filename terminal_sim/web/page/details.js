// One event with all that it says, by its kind: its chain of causes, its fields, and its bytes with what they are.

import { html, nothing } from "./vendor/lit-html.js";
import { choose, look } from "./acts.js";
import { bring } from "./log.js";
import { chain } from "./links.js";
import { moment } from "./moments.js";
import { show, state, timeline } from "./state.js";
import { moves } from "./states.js";
import { say } from "./words.js";

const ABOUT = new Set(["n", "cause", "t", "wall", "terminal", "kind", "bytes", "text", "searched", "command", "response"]);

export function details() {
  const entry = state.entry;
  if (!entry) return html`<p class="empty">${say("no-detail")}</p>`;
  return html`${why(entry)}<p class="when"><span>${entry.wall.replace("T", " ")}</span><span>${moment(entry.t)}</span><code>${entry.terminal}</code>
      <button class="btn slim" @click=${() => look(entry.n)}>${say("show-here")}</button></p>${(BY_KIND[entry.kind] ?? plain)(entry)}`;
}

const BY_KIND = {
  apdu: (entry) => html`${entry.step ? fields([["step", entry.step]]) : nothing}${strings(entry)}`,
  host: (entry) => html`${fields(said(entry))}${strings(entry)}`,
  state: (entry) => html`${fields([["flow", entry.flow], ["from", entry.source || "–"], ["to", entry.dest]])}${moves(`${entry.flow}.${entry.dest}`)}`,
  screen: (entry) => html`<div class="screens">${[before(entry), entry].filter(Boolean).map((one) => html`<figure><figcaption>${one === entry ? say("after") : say("before")} · <code>id:${one.screen}</code></figcaption><pre class="screen">${one.text}</pre></figure>`)}</div>`,
  receipt: (entry) => fields(said(entry)),
};

const plain = (entry) => fields(said(entry));

const said = (entry) => Object.entries(entry).filter(([name, value]) => !ABOUT.has(name) && value !== "");

const fields = (rows) => html`<div class="fields">${rows.map(([name, value]) => html`<div class="f plain"><span class="muted">${say(`field-${name}`) === `field-${name}` ? name : say(`field-${name}`)}</span><span class="v">${value}</span></div>`)}</div>`;

// The screen that the same terminal showed before this one.
function before(entry) {
  for (let n = entry.n - 1; timeline.entry(n); n--) {
    const one = timeline.entry(n);
    if (one.kind === "screen" && one.terminal === entry.terminal) return one;
  }
  return undefined;
}

function why(entry) {
  if (!timeline.entry(entry.n)) return nothing;
  const links = chain(timeline, entry);
  return html`<p class="why">${links.map((link, index) => html`${index ? html`<span aria-hidden="true">›</span>` : nothing}${link.own ? html`<b>${link.label}</b>` : html`<button class="k-${link.kind}" @click=${() => { choose(link.n); bring(link.n); }}>${link.label}</button>`}`)}</p>`;
}

const strings = (entry) => html`<div class="split"><div class="fields">${(entry.bytes ?? []).map((each, at) => html`
    <p class="dir">${each.name === "command" ? "→ " : each.name === "response" ? "← " : ""}${say(`bytes-${each.name}`)} <span class="muted">${say("bytes", { n: each.hex.length / 2 })}</span></p>
    ${each.parts.map((one) => part(one, at, 0))}`)}</div>
  <div class="hex" role="group" aria-label=${say("hex")}>${(entry.bytes ?? []).map((each, at) => html`<p>${each.hex.match(/../gu).map((pair, index) => html`<b data-at=${index} class="${pair === "••" ? "masked" : ""} ${isLit(at, index) ? "on" : ""}" @click=${() => lightByte(each.parts, at, index)}>${pair}</b>${(index + 1) % 8 ? " " : "\n"}`)}</p>`)}</div></div>`;

const isLit = (at, index) => state.lit && state.lit.at === at && index >= state.lit.first && index < state.lit.end;

function part(one, at, depth) {
  const on = state.lit && state.lit.at === at && state.lit.first === one.first && state.lit.end === one.end;
  return html`<button class="f ${on ? "on" : ""}" aria-pressed=${on ?? false} @click=${() => light(at, one)}>
      <span class="tag" .style=${`padding-left:${depth * 9}px`}>${one.tag}</span><span>${one.name}</span><span class="v">${one.parts.length ? "" : one.value}</span></button>
    ${one.parts.map((inner) => part(inner, at, depth + 1))}`;
}

function light(at, one) {
  state.lit = state.lit?.at === at && state.lit.first === one.first && state.lit.end === one.end ? null : { at, first: one.first, end: one.end };
  show();
}

// A byte lights the smallest part that it is of.
function lightByte(parts, at, index) {
  const found = parts.find((one) => index >= one.first && index < one.end);
  if (!found) return;
  const inner = found.parts.find((one) => index >= one.first && index < one.end);
  if (inner) lightByte(found.parts, at, index);
  else {
    state.lit = null;
    light(at, found);
    requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(".f.on")?.scrollIntoView({ block: "nearest" })));
  }
}
