// The palette: any line of the language, completed as it is typed, done at the chosen terminal.

import { html, nothing } from "./vendor/lit-html.js";
import { line } from "./acts.js";
import { bench } from "./bench.js";
import { show, state } from "./state.js";
import { say } from "./words.js";

export function openPalette() {
  state.palette = { text: "", start: 0, candidates: [], at: 0, wrong: "", opener: document.activeElement };
  show();
  complete("");
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector("#palette")?.focus()));
}

export function closePalette() {
  const { opener } = state.palette ?? {};
  state.palette = null;
  show();
  opener?.focus?.();
}

async function complete(text) {
  const found = await bench.get(`/terminals/${state.chosen}/complete?line=${encodeURIComponent(text)}`);
  if (state.palette?.text !== text) return;
  Object.assign(state.palette, found, { at: 0 });
  show();
}

export function paletteView() {
  const open = state.palette;
  if (!open) return nothing;
  const chosen = open.candidates[open.at];
  return html`<div class="palette" role="dialog" aria-label=${say("palette")} @focusout=${left}>
    <input id="palette" role="combobox" aria-expanded=${open.candidates.length > 0} aria-controls="candidates" aria-activedescendant=${chosen ? `candidate-${open.at}` : nothing}
      aria-label=${say("palette")} placeholder=${say("palette-hint")} spellcheck="false" autocomplete="off" .value=${open.text} @input=${typed} @keydown=${keys}>
    ${open.wrong ? html`<p class="bad" role="alert">${open.wrong}</p>` : nothing}
    <ul id="candidates" role="listbox" aria-label=${say("palette")}>${open.candidates.slice(0, 60).map((one, index) => html`<li role="option" id="candidate-${index}" aria-selected=${index === open.at} @pointerdown=${(event) => { event.preventDefault(); take(one); }}>
      <code>${one.form || one.text}</code><small>${one.meaning.split("\n")[0]}</small></li>`)}</ul></div>`;
}

function typed(event) {
  state.palette.text = event.target.value;
  state.palette.wrong = "";
  complete(event.target.value);
}

function take(candidate) {
  const open = state.palette;
  open.text = `${open.text.slice(0, open.start)}${candidate.text} `;
  show();
  complete(open.text);
}

async function keys(event) {
  const open = state.palette;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) {
    open.at = Math.max(0, Math.min(Math.min(open.candidates.length, 60) - 1, open.at + by));
    show();
    requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(`#candidate-${open.at}`)?.scrollIntoView({ block: "nearest" })));
  } else if (event.key === "Tab" && !event.shiftKey && open.candidates[open.at]) take(open.candidates[open.at]);
  else if (event.key === "Escape") closePalette();
  else if (event.key === "Enter") {
    const answer = await line(open.text.trim());
    if (answer?.refused) open.wrong = answer.refused.detail;
    else closePalette();
    show();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function left(event) {
  if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) {
    state.palette = null;
    show();
  }
}
