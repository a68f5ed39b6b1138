// The script that grows beside what is done; a person may change it, with what is wrong said as it is typed, and play it back on a fresh bench.

import { html, nothing } from "./vendor/lit-html.js";
import { act, refuse } from "./acts.js";
import { bench } from "./bench.js";
import { save } from "./files.js";
import { show, state, timeline } from "./state.js";
import { say } from "./words.js";

const SOON = 250; // ms of no typing, after which the script is checked
const POLL = 200; // ms

const written = () => state.draft ?? state.script;

export function script() {
  return html`<div class="scriptpane">${state.draft === null ? recorded() : draft()}
    ${state.problems.length ? html`<ul class="problems" role="status">${state.problems.map((each) => html`<li><button class="link" @click=${() => caret(each)}>${each.line}:${each.column}</button> ${each.sentence}</li>`)}</ul>` : nothing}
    ${state.played ? html`<p class="played ${state.played.state}" role="status">${verdict(state.played)}</p>` : nothing}
    <form class="note" @submit=${note}><input name="text" aria-label=${say("note")} placeholder=${say("note")} autocomplete="off"></form>
    <div class="foot">
      <button class="btn primary" id="play" @click=${play}>${say("play")}</button>
      <button class="btn" @click=${edit} aria-pressed=${state.draft !== null}>${say(state.draft === null ? "edit" : "recorded")}</button>
      <button class="btn" @click=${() => navigator.clipboard.writeText(written())}>${say("copy")}</button>
      <button class="btn" @click=${() => save(written(), "recorded.keys")}>.keys</button>
      <button class="btn" @click=${async () => save(await bench.get(`/terminals/${state.chosen}/recording?as=pytest`), "test_recorded.py")}>${say("pytest")}</button></div></div>`;
}

function recorded() {
  const lines = state.script.replace(/\n$/, "").split("\n");
  const on = lineOf(lines);
  return html`<ol class="script" tabindex="0" aria-label=${say("script")}>${lines.map((each, index) => html`<li class="${index === on ? "sel" : ""} ${failed(index + 1)}">${coloured(each)}</li>`)}</ol>`;
}

const failed = (number) => (state.played?.failure?.line === number ? "bad" : "");

const WORDS = /(^(?:keys|terminal|locale|clock|scenario|macro|setup|teardown|requires|with|use)\b)|(^\s+expect\b)|("(?:\\.|[^"\\])*")|(\$\{[^}]*\})|(^\s*#.*$)/g;
const CLASSES = ["kw", "ex", "st", "vr", "muted"];

function coloured(line) {
  const parts = [];
  let at = 0;
  for (const found of line.matchAll(WORDS)) {
    parts.push(line.slice(at, found.index), html`<span class=${CLASSES[found.slice(1).findIndex((one) => one !== undefined)]}>${found[0]}</span>`);
    at = found.index + found[0].length;
  }
  return [...parts, line.slice(at) || " "];
}

// The line of the chosen act: the words of the acts and those of the lines are walked together.
function lineOf(lines) {
  if (!state.entry || !timeline.entries.length) return -1;
  const wanted = timeline.actOf(state.entry.n);
  let at = lines.findIndex((each) => /^scenario/.test(each));
  for (const act of timeline.acts) {
    if (timeline.names.get(act.terminal) !== state.chosen) continue;
    const word = act.label.split(" ")[0].replace("!", "");
    const keys = word === "press" ? act.label.split(" ").slice(1).join(" ").replace(/•/g, "") : "";
    for (let next = Math.max(at, 0); next < lines.length; next++) {
      const line = lines[next].trim();
      if (line.startsWith(word) && (word !== "press" || !keys || line.includes(keys)) && (word === "press" || line.startsWith(act.label) || word === "tap")) {
        at = next;
        break;
      }
    }
    if (act === wanted) return at;
  }
  return -1;
}

function draft() {
  return html`<textarea id="draft" class="script" spellcheck="false" aria-label=${say("script")} .value=${state.draft} @input=${(event) => { state.draft = event.target.value; checkSoon(); }}></textarea>`;
}

function edit() {
  state.draft = state.draft === null ? state.script : null;
  state.problems = [];
  show();
}

let timer;
function checkSoon() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    if (state.draft === null) return;
    state.problems = await bench.post("/scripts/check", { text: state.draft });
    show();
  }, SOON);
}

function caret({ line, column, width }) {
  const box = document.querySelector("#draft");
  if (!box) return;
  const start = state.draft.split("\n").slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
  box.focus();
  box.setSelectionRange(start, start + width);
}

// Runs the script on a fresh bench beside this one.
async function play() {
  try {
    state.problems = await bench.post("/scripts/check", { text: written() });
    if (state.problems.length) return show();
    const { run } = await bench.post("/scripts/run", { text: written() });
    state.played = { state: "running" };
    while (state.played.state === "running") {
      show();
      await new Promise((soon) => setTimeout(soon, POLL));
      state.played = await bench.get(`/runs/${run}`);
    }
  } catch (wrong) {
    refuse(wrong.message);
  }
  return show();
}

function verdict(played) {
  if (played.state === "passed") return say("played-green");
  if (played.state === "running") return say("played-running");
  return played.failure ? `${say("played-red", { n: played.failure.line })}\n${played.failure.text}` : `${say("played-wrong")} ${played.why ?? ""}`;
}

function note(event) {
  event.preventDefault();
  const field = event.target.elements.text;
  if (field.value.trim()) act({ do: "note", text: field.value.trim() });
  field.value = "";
}
