// Help: the keys of the page, and every verb of the language.

import { html, nothing } from "./vendor/lit-html.js";
import { set, setting } from "./settings.js";
import { show, state } from "./state.js";
import { say } from "./words.js";

const KEYS = [
  ["help-device", [["0…9 * #", "help-digits"], ["Enter", "OK"], ["Backspace", "CLEAR"], ["Esc", "CANCEL"], ["↑ ↓ F1…F4", "help-same"], ["Tab, Space", "help-touch"]]],
  ["timeline", [["↑ ↓ j k", "help-rows"], ["[ ]", "help-acts"], ["Enter", "details"], ["e", "expect-this"], ["c", "copy-row"]]],
  ["help-page", [["Esc", "help-to-device"], ["F6, Shift F6", "help-regions"], ["/", "filter-label"], [", .", "help-look"], ["< >", "help-look-acts"], ["End", "live"], ["n", "next"], ["p", "help-pause"], ["r", "script"], ["Ctrl K", "palette"], ["?", "help"]]],
];

export function helpView() {
  if (!state.help) return nothing;
  const letters = setting("letters", true);
  return html`<div class="help" role="dialog" aria-label=${say("help")} tabindex="-1" @keydown=${closes}>
    <h2>${say("help")}<span class="grow"></span><button class="btn" @click=${close}>${say("close")}</button></h2>
    <label class="check"><input type="checkbox" .checked=${letters} @change=${(event) => { set("letters", event.target.checked); show(); }}> ${say("letters")}</label>
    ${KEYS.map(([title, keys]) => html`<h3>${say(title)}</h3><dl>${keys.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${say(what)}</dd></div>`)}</dl>`)}
    <h3>${say("verbs")}</h3><dl class="verbs">${state.verbs.map((verb) => html`<div><dt><code>${verb.form}</code></dt><dd>${verb.doc.split("\n")[0]}</dd></div>`)}</dl></div>`;
}

function close() {
  state.help = false;
  show();
  document.querySelector("#help").focus();
}

function closes(event) {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  close();
}
