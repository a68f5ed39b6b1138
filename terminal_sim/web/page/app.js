// The bench page: one terminal in the middle, what may be done to it around it, and everything that happened beside it.

import { html, nothing, render } from "./vendor/lit-html.js";
import { Connection } from "./connection.js";
import { details } from "./details.js";
import { parse } from "./drawing.js";
import { Film } from "./film.js";
import { ROW, Timeline } from "./timeline.js";
import { language, say, speak } from "./words.js";

const PAST = { ",": -1, ".": 1 };
const KEYS = { Enter: "OK", Backspace: "CLEAR", Escape: "CANCEL", ArrowUp: "UP", ArrowDown: "DOWN", F1: "F1", F2: "F2", F3: "F3", F4: "F4", "#": "MENU", "*": "*" };
const KINDS = ["state", "screen", "apdu", "host", "journal", "receipt"];
const WAYS = { insert: "slot", "tap-card": "contactless", swipe: "stripe" };
const ANSWERS = ["approved", "declined:05", "declined:51", "timeout", "late:130s"];
const JUMPS = ["1s", "30s", "1h", "24h"];

const state = {
  bench: null, terminals: new Map(), chosen: "", cards: [], profiles: [], link: "live", refused: "", took: 0, pane: "device", dock: "script",
  entry: null, cause: null, lit: null, script: "", receipts: [], keys: false, dragged: null, past: null,
};
const timeline = new Timeline();
const film = new Film();
const drawings = new Map(); // the drawing of each terminal, by its id
let bench;
let drawn = false;
let hideRefusal;

// What is shown.

function show() {
  if (drawn) return;
  drawn = true;
  requestAnimationFrame(() => {
    drawn = false;
    render(page(), document.body);
    const floor = document.querySelector("#floor");
    const drawing = state.past ? (state.past.drawing ||= parse(state.past.svg)) : drawings.get(state.chosen);
    if (floor && drawing && floor.firstChild !== drawing) floor.replaceChildren(drawing);
    const rows = document.querySelector("#rows");
    if (rows && timeline.follows) rows.scrollTop = rows.scrollHeight;
    if (rows) render(timeline.view(rows.scrollTop, rows.clientHeight, choose), rows);
  });
}

function page() {
  const at = state.terminals.get(state.chosen);
  return html`
    <a class="skip" href="#floor" @click=${toTerminal}>${say("skip")}</a>
    <header class="top">
      <h1>terminal-sim</h1><span class="simtag">SIMULATOR</span>
      ${state.bench ? clock(state.bench) : nothing}<span class="grow"></span>
      <div class="seg" role="group" aria-label=${say("language")}>${["en", "fr"].map((tag) =>
        html`<button aria-pressed=${language === tag} lang=${tag} @click=${() => { speak(tag); show(); }}>${tag.toUpperCase()}</button>`)}</div>
      <button class="btn" id="theme" @click=${turn}>${say("theme")}</button>
    </header>
    <main data-pane=${state.pane}>
      <section class="stage" aria-label=${say("device")}>
        <div class="bar" role="group" aria-label=${say("terminals")}>${[...state.terminals.values()].map(tab)}${adding()}</div>
        ${state.past ? html`<p class="past">${say("back")} <b>${state.past.n}</b> <button class="btn" @click=${() => look(null)}>${say("goLive")}</button></p>` : nothing}
        <div id="floor" tabindex="0" role="group" aria-label="SIMULATOR: ${at ? `${at.maker} ${at.model}` : ""}"
          @click=${press} @keydown=${typed} @focusin=${() => listen(true)} @focusout=${() => listen(false)}></div>
        <p class="caption">${at ? html`<b>${at.model}</b> <code>${at.screen}</code>` : nothing}
          <span role="alert" class="refused">${state.refused}</span></p>
      </section>
      <section class="side" aria-label=${say("cards")} tabindex="0">
        <h2>${say("cards")} <span class="muted">${state.cards.length}</span></h2>${state.cards.map((card) => cardRow(card, at))}
        ${at ? surroundings(at) : nothing}
      </section>
      <section class="log" aria-label=${say("timeline")}>
        ${film.view(state.chosen, state.past || film.cells.at(-1), look)}
        <div class="filter"><input id="filter" type="search" .value=${timeline.filter} placeholder=${say("filter")} aria-label=${say("cleared")} @input=${narrow}>
          ${KINDS.map((kind) => html`<button class="kind k-${kind}" aria-pressed=${timeline.filter.includes(`kind:${kind}`)} @click=${() => only(kind)}>${kind}</button>`)}</div>
        <div id="rows" role="grid" aria-label=${say("timeline")} aria-rowcount=${timeline.rows.length} tabindex="0" @scroll=${scrolled} @keydown=${walked}></div>
      </section>
      <section class="dock">
        <div class="pane" tabindex="0" role="group" aria-label=${say("details")} id="detail"><h2>${say("details")}</h2>${details(state.entry, state.cause, light, state.lit)}</div>
        <div class="pane" role="group" aria-label=${say("script")}><div class="ptabs" role="tablist">${["script", "receipts"].map((name) =>
          html`<button role="tab" id="tab-${name}" aria-controls="panel" aria-selected=${state.dock === name} @click=${() => { state.dock = name; refresh(); }}>${say(name)}</button>`)}</div>
          <div class="body" id="panel" role="tabpanel" tabindex="0" aria-labelledby="tab-${state.dock}">${state.dock === "script" ? script() : receipts()}</div></div>
      </section>
    </main>
    <nav class="tabs" aria-label=${say("device")}>${["device", "cards", "timeline", "detail"].map((pane) =>
      html`<button aria-pressed=${state.pane === pane} @click=${() => { state.pane = pane; show(); }}>${say(pane)}</button>`)}</nav>
    <footer class="status"><span class="link ${state.link}">${say(state.link === "live" ? "live" : "reconnecting")}</span>
      <span>${say("toScreen")} <b>${state.took ? `${state.took.toFixed(1)} ms` : "–"}</b></span><span>${say("event")} <b id="event">${bench?.last ?? 0}</b></span><span class="grow"></span>
      <span>${state.keys && at ? `${say("keysGo")} ${at.model}` : say("keysPage")}</span></footer>
    <div class="said" role="status">${at ? at.screen : ""}</div>`;
}

function clock(now) {
  const due = now.next;
  return html`<div class="clock">
    <button class="btn" id="run" aria-pressed=${now.running} @click=${() => turnClock({ run: !now.running })}>${say(now.running ? "pause" : "run")}</button>
    <time datetime=${now.clock}>${now.clock.replace("T", " ")}</time>
    <button class="btn" id="next" ?disabled=${!due} @click=${() => turnClock({ next: true })}>${say("next")}: ${due ? `${due.what} +${((due.t - now.t) / 1e6).toFixed(1)} s` : say("nothingDue")}</button>
    ${JUMPS.map((by) => html`<button class="btn jump" aria-label="${say("jump")} ${by}" @click=${() => act({ do: "wait", time: by })}>+${by}</button>`)}</div>`;
}

function tab(each) {
  const mood = !each.on ? "none" : each.conditions.length ? "warn" : "good";
  return html`<button class="seat" aria-pressed=${each.id === state.chosen} @click=${() => pick(each.id)}><i class=${mood}></i>${each.model}</button>`;
}

function adding() {
  return html`<select aria-label=${say("add")} @change=${add}><option value="">+</option>${state.profiles.map((name) => html`<option>${name}</option>`)}</select>`;
}

function cardRow(card, at) {
  const inside = at?.card === card.id;
  return html`<div class="card ${inside ? "in" : ""}" @pointerdown=${(event) => lift(event, card)}><i class="face"></i>
    <span><b>${card.id}</b><small>${card.number}</small></span>
    ${inside ? html`<button class="btn" @click=${() => act({ do: "remove-card" })}>${say("remove")}</button>`
      : html`<span class="ways">${["insert", "tap-card", "swipe"].map((way) => card.ways.includes(way)
        ? html`<button aria-label="${say(way === "tap-card" ? "tap" : way)} ${card.id}" @click=${() => act({ do: way, card: card.id })}>${icon(way)}</button>`
        : html`<i></i>`)}</span>`}</div>`;
}

// An arrow into the slot, the waves of a field, an arrow along the stripe.
function icon(way) {
  const drawn = { insert: "M8 2v8M5 7l3 3 3-3M3 13h10", "tap-card": "M4 6q1.5 2 0 4M7 4.5q2.5 3.5 0 7M10 3q3.5 5 0 10", swipe: "M2 8h9M8 5l3 3-3 3M13.5 3v10" }[way];
  return html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d=${drawn}/></svg>`;
}

function surroundings(at) {
  const has = (line) => at.conditions.some((each) => each.startsWith(line));
  const row = (label, verb, words, current) => html`<div class="w"><span id="w-${verb}">${say(label)}</span><span class="seg" role="group" aria-labelledby="w-${verb}">${words.map((word) =>
    html`<button aria-pressed=${word === current} @click=${() => act({ do: verb, state: word })}>${word}</button>`)}</span></div>`;
  return html`<h2>${say("surroundings")}</h2>
    ${row("network", "network", ["up", "down"], has("network down") ? "down" : "up")}
    ${row("service", "service", ["up", "down"], has("service down") ? "down" : "up")}
    ${row("power", "power", ["on", "off", "cut"], at.on ? "on" : "off")}
    ${row("paper", "paper", ["in", "low", "out"], has("paper out") ? "out" : has("paper low") ? "low" : "in")}
    <div class="w"><label for="answers">${say("host")}</label><select id="answers" aria-label=${say("answer")} @change=${answer}><option value="">${say("answer")}…</option>
      ${ANSWERS.map((one) => html`<option>${one}</option>`)}</select></div>
    ${at.conditions.map((line) => html`<p class="chip">${line}</p>`)}`;
}

function script() {
  return html`<pre class="script">${state.script}</pre><div class="foot">
    <button class="btn primary" @click=${() => navigator.clipboard.writeText(state.script)}>${say("copy")}</button>
    <button class="btn" @click=${() => download("keys", "recorded.keys")}>${say("download")}</button>
    <button class="btn" @click=${() => download("pytest", "test_recorded.py")}>${say("pytest")}</button></div>`;
}

function receipts() {
  return state.receipts.length ? state.receipts.map((each) => html`<pre class="paper">${each.text}</pre>`) : html`<p class="empty">${say("noReceipt")}</p>`;
}

// What is done.

async function act(said) {
  if (state.past) {
    refuse(say("notNow"));
    return {};
  }
  const began = performance.now();
  const answer = await bench.ask({ terminal: state.chosen, ...said });
  if (answer.refused) refuse(answer.refused.detail);
  else {
    state.took = performance.now() - began;
    refuse("");
  }
  refresh();
  return answer;
}

// Shows the device as it was; the newest picture, and none, are the present.
function look(cell) {
  state.past = cell === film.cells.at(-1) ? null : cell;
  timeline.follows = !state.past;
  if (state.past) {
    choose(state.past.act);
    const index = timeline.rows.findIndex((entry) => entry.n === state.past.act);
    const rows = document.querySelector("#rows");
    rows.scrollTop = Math.max(0, index * ROW - rows.clientHeight / 2);
  }
  show();
}

function refuse(why) {
  state.refused = why;
  clearTimeout(hideRefusal);
  if (why) hideRefusal = setTimeout(() => { state.refused = ""; show(); }, 6000);
  show();
}

function press(event) {
  const target = event.target.closest("[role=button]");
  if (!target) return;
  event.preventDefault();
  touch(target);
}

function touch(target) {
  const at = state.terminals.get(state.chosen);
  if (target.dataset.key) act({ do: "press-blindly", keys: [target.dataset.key] });
  else act({ do: "tap", what: `id:${target.dataset.id}`, seen: at.generation });
}

function typed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const on = event.target.closest("[role=button]");
  if (on && (event.key === " " || (event.key === "Enter" && on.dataset.id && !on.dataset.key))) {
    event.preventDefault();
    touch(on);
    return;
  }
  const key = /^[0-9]$/.test(event.key) ? event.key : KEYS[event.key];
  if (!key || event.repeat) return;
  event.preventDefault();
  act({ do: "press-blindly", keys: [key] });
}

function listen(keys) {
  state.keys = keys;
  show();
}

function toTerminal(event) {
  event.preventDefault();
  document.querySelector("#floor").focus();
}

async function turnClock(change) {
  try {
    state.bench = await bench.post("/bench/clock", change);
  } catch (wrong) {
    refuse(wrong.message);
  }
  refresh();
}

function answer(event) {
  if (event.target.value) act({ do: "host-answers", answers: [event.target.value] });
  event.target.value = "";
}

async function add(event) {
  const profile = event.target.value;
  event.target.value = "";
  if (profile) pick((await bench.post("/terminals", { profile })).id);
}

function pick(id) {
  state.past = null;
  state.chosen = id;
  refresh();
}

function turn() {
  const dark = document.documentElement.dataset.theme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "light" : "dark";
}

// A card in the hand: lifted after six pixels, dropped on a part of the device.

function lift(event, card) {
  if (event.target.closest("button")) return;
  const from = [event.clientX, event.clientY];
  const moved = (at) => {
    if (!state.dragged && Math.hypot(at.clientX - from[0], at.clientY - from[1]) > 6) {
      state.dragged = { card, ghost: Object.assign(document.createElement("div"), { className: "fly", textContent: card.id }) };
      document.body.append(state.dragged.ghost);
      document.body.classList.add("dragging");
    }
    if (state.dragged) {
      state.dragged.ghost.style.transform = `translate(${at.clientX}px, ${at.clientY}px)`;
      at.preventDefault();
    }
  };
  const over = (at) => {
    removeEventListener("pointermove", moved);
    removeEventListener("pointerup", over);
    const held = state.dragged;
    state.dragged = null;
    document.body.classList.remove("dragging");
    if (!held) return;
    held.ghost.remove();
    const way = wayAt(at.clientX, at.clientY, card);
    if (way) act({ do: way, card: card.id });
  };
  addEventListener("pointermove", moved);
  addEventListener("pointerup", over);
}

// The way in that is nearest to the point, within a card's length of the device's part for it.
function wayAt(x, y, card) {
  let best = ["", 90];
  for (const way of card.ways) {
    const part = document.querySelector(`#floor [data-part="${WAYS[way]}"]`);
    if (!part) continue;
    const box = part.getBoundingClientRect();
    const away = Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
    if (away < best[1] || (away === 0 && best[1] === 0 && way !== "tap-card")) best = [way, away];
  }
  return best[0];
}

// The timeline.

function narrow(event) {
  timeline.narrow(event.target.value);
  show();
}

function only(kind) {
  const word = `kind:${kind}`;
  timeline.narrow(timeline.filter === word ? "" : word);
  show();
}

function scrolled(event) {
  const box = event.target;
  timeline.follows = box.scrollTop + box.clientHeight >= box.scrollHeight - ROW;
  render(timeline.view(box.scrollTop, box.clientHeight, choose), box);
}

function walked(event) {
  if (event.key in PAST) {
    step(PAST[event.key]);
    return;
  }
  const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  choose(timeline.move(by));
}

// One picture back or on.
function step(by) {
  const own = film.cells.filter((cell) => cell.terminal === state.chosen);
  const at = state.past ? own.indexOf(state.past) : own.length - 1;
  if (own[at + by]) look(own[at + by]);
}

async function choose(n) {
  if (!n) return;
  timeline.selected = n;
  state.lit = null;
  state.pane = state.pane === "timeline" ? "detail" : state.pane;
  state.entry = await bench.get(`/trace/${n}`);
  state.cause = state.entry.cause ? timeline.entries.find((each) => each.n === state.entry.cause) : null;
  show();
}

function light(part) {
  state.lit = part;
  show();
}

async function download(as, name) {
  const text = await bench.get(`/terminals/${state.chosen}/recording?as=${as}`);
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([text])), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

// What the bench says.

function heard(message) {
  if (message.events) timeline.add(message.events);
  if (message.lost) timeline.clear();
  if (message.screen) {
    const { svg, ...about } = message.screen;
    state.terminals.set(about.id, about);
    state.chosen ||= about.id;
    keepFocus(about.id, parse(svg));
    film.add(about.id, svg, timeline.entries.slice(-200).filter((entry) => entry.terminal === about.name));
  }
  show();
}

// A drawing that is replaced gives the focus to the same key or element of the new one.
function keepFocus(id, drawing) {
  const focused = document.activeElement?.closest?.("#floor [role=button]");
  drawings.set(id, drawing);
  if (!focused || id !== state.chosen || state.past) return;
  const name = focused.dataset.key ? `[data-key="${CSS.escape(focused.dataset.key)}"]` : `[data-id="${CSS.escape(focused.dataset.id)}"]`;
  document.querySelector("#floor").replaceChildren(drawing);
  (drawing.querySelector(name) || document.querySelector("#floor")).focus();
}

let refreshing = false;
async function refresh() {
  if (refreshing || !state.chosen) return;
  refreshing = true;
  try {
    const [now, terminals, recorded, printed] = await Promise.all([
      bench.get("/bench"), bench.get("/terminals"), bench.get(`/terminals/${state.chosen}/recording`), bench.get(`/terminals/${state.chosen}/receipts`),
    ]);
    state.bench = now;
    // A screen that has come meanwhile is newer than this answer.
    for (const each of terminals) if (!(state.terminals.get(each.id)?.generation > each.generation)) state.terminals.set(each.id, each);
    state.script = recorded;
    state.receipts = printed;
  } finally {
    refreshing = false;
  }
  show();
}

async function start() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  document.documentElement.lang = language;
  if (!token) {
    render(html`<main class="alone"><h1>terminal-sim</h1><p>${say("noToken")}</p><p>${say("noTokenHow")}</p></main>`, document.body);
    return;
  }
  bench = new Connection(token, { onMessage: heard, onState: (link) => { state.link = link; show(); } });
  show();
  [state.cards, state.profiles] = await Promise.all([bench.get("/cards"), bench.get("/profiles")]);
  const terminals = await bench.get("/terminals");
  state.chosen ||= terminals[0]?.id ?? "";
  await refresh();
  setInterval(() => state.bench?.running && refresh(), 1000);
}

start();
