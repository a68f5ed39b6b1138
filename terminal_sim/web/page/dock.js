// The dock: at the left what is known of the chosen event and of the terminal, at the right what becomes of it, the script and the paper.

import { html, nothing } from "./vendor/lit-html.js";
import { broken } from "./broken.js";
import { branches } from "./compare.js";
import { choose } from "./acts.js";
import { facts, refresh } from "./bench.js";
import { details } from "./details.js";
import { host } from "./host.js";
import { icon } from "./icons.js";
import { receipts } from "./papers.js";
import { script } from "./script.js";
import { show, state, timeline } from "./state.js";
import { states } from "./states.js";
import { journal, report } from "./tables.js";
import { bring } from "./log.js";
import { say } from "./words.js";

const LEFT = ["details", "states", "journal", "report", "host", "broken", "compare"];
const RIGHT = ["script", "receipts"];
const VIEWS = { broken, compare: branches, details, host, states, journal, report, script, receipts };

// Where there is no room for two panes, one has all the tabs.
const narrow = () => innerWidth < 1280;

export function dock() {
  const one = narrow();
  return html`<section class="dock" id="dock" aria-label=${say("detail")}>
    ${pane("left", one ? [...LEFT, ...RIGHT] : LEFT, html`<span class="grow"></span>
      <button class="ic small" aria-label=${say("before")} title=${say("before")} @click=${() => step(-1)}>${icon("left")}</button><button class="ic small" aria-label=${say("after")} title=${say("after")} @click=${() => step(1)}>${icon("right")}</button>`)}
    ${one ? nothing : pane("right", RIGHT, nothing)}</section>`;
}

function pane(side, names, more) {
  const open = names.includes(state[side]) ? state[side] : names[0];
  return html`<div class="pane" id="pane-${side}"><div class="ptabs"><div role="tablist" aria-label=${say(side === "left" ? "details" : "script")} @keydown=${(event) => roved(event, side, names, open)}>${names.map((name) =>
      html`<button role="tab" id="tab-${name}" aria-controls="panel-${side}" aria-selected=${name === open} tabindex=${name === open ? 0 : -1} @click=${() => turnTo(side, name)}>${say(name)}${count(name)}</button>`)}</div>${more}</div>
    <div class="body" id="panel-${side}" role="tabpanel" tabindex="0" aria-labelledby="tab-${open}">${VIEWS[open]()}</div></div>`;
}

function count(name) {
  const n = { receipts: state.receipts.length, journal: state.journal.length, script: (state.script.match(/^ {2}\S/gm) ?? []).length }[name];
  return n ? html`<sup aria-hidden="true">${n}</sup>` : nothing;
}

export function turnTo(side, name) {
  state[side] = name;
  if (name === "states") facts(state.chosen);
  refresh();
  show();
}

function roved(event, side, names, open) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const name = names[(names.indexOf(open) + by + names.length) % names.length];
  turnTo(side, name);
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(`#tab-${name}`)?.focus()));
}

export function step(by, acts = false) {
  const n = timeline.step(state.entry?.n ?? 0, by, acts);
  if (!n) return;
  choose(n);
  bring(n);
}
