// The bench as the page knows it: what it says as it happens, and what is fetched after something has happened.

import { Connection } from "./connection.js";
import { parse } from "./drawing.js";
import { chosen, film, show, state, timeline } from "./state.js";

export let bench; // the connection

const NEWEST = 50; // messages and entries of the host that are fetched
const SOON = 120; // ms: what a burst of inputs brings is fetched once

export function connect(token) {
  bench = new Connection(token, { onMessage: heard, onState: linked });
}

function linked(how) {
  if (how === "restarted") {
    state.restarted = true;
    timeline.clear();
    film.clear();
    state.terminals.clear();
    bench.anew();
    start();
    return;
  }
  state.link = how;
  show();
}

let waiting = []; // for the page to have followed to another branch

// Another branch is live: everything is taken anew from there.
async function switched() {
  timeline.clear();
  film.clear();
  state.terminals.clear();
  drawings.clear();
  drawn.clear();
  Object.assign(state, { past: null, entry: null });
  await bench.anew();
  await start();
  for (const followed of waiting.splice(0)) followed();
}

// Makes a branch the live one, and resolves when the page has followed.
export async function goLive(branch) {
  const followed = new Promise((resolve) => waiting.push(resolve));
  await bench.post(`/branches/${branch}`, { live: true });
  await followed;
}

function heard(message) {
  if (message.events) {
    timeline.add(message.events);
    soon();
  }
  if (message.lost) timeline.clear();
  if (message.clock) state.bench = { ...state.bench, ...message.clock };
  if (message.screen) {
    const { svg, event, ...about } = message.screen;
    know(about);
    const drawing = parse(svg);
    drawings.set(about.id, drawing);
    drawn.delete(about.id);
    film.keep(about, drawing, event ?? timeline.last);
  }
  if (message.branch) switched();
  show();
}

export const drawings = new Map(); // the newest drawing of each terminal as it came, by its id
export const drawn = new Map(); // the same with card and paper as a part of the page, until another comes

function know(about) {
  state.terminals.set(about.id, about);
  timeline.names.set(about.name, about.id);
  state.chosen ||= about.id;
}

let timer;
export function soon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, SOON);
}

// Fetches what no message brings: the script, receipts and rows of the chosen terminal.
export async function refresh() {
  clearTimeout(timer);
  const id = state.chosen;
  if (!id || state.link !== "live") return;
  const at = `/terminals/${id}`;
  const then = state.past ? `?at=${state.past.n}` : "";
  try {
    const script = await bench.get(`${at}/recording`);
    if (id !== state.chosen) return;
    state.script = script;
    if (state.left === "journal") state.journal = await bench.get(`${at}/journal${then}`);
    if (state.left === "report") state.report = await bench.get(`${at}/report${then}`);
    if (state.left === "host") state.host = await hostNow(then);
    if (state.left === "compare") state.branches = await bench.get("/branches");
    await papers(id, then);
    fill();
  } catch {
    return; // the bench is away, or the terminal gone: what comes next is asked for then
  }
  show();
}

let printed = [];

// The receipts with their pictures; those that are there already are not fetched again.
async function papers(id, then) {
  const count = chosen()?.receipts ?? 0;
  if (printed[0] === id && printed[1] === count && printed[2] === bench.branch) return;
  printed = [id, count, bench.branch];
  const receipts = await bench.get(`/terminals/${id}/receipts${then}`);
  const newest = receipts.slice(-6);
  const pictures = await Promise.all(newest.map((each) => bench.get(`/terminals/${id}/receipts/${each.n}.svg${then}`)));
  newest.forEach((each, index) => { each.svg = pictures[index]; });
  state.receipts = newest;
  drawn.delete(id);
}

let filling = false;

// Fetches the pictures of the strip that are older than the page, the newest first, one at a time.
export async function fill() {
  if (filling) return;
  filling = true;
  for (let n; (n = film.missing(state.chosen).pop()); show()) {
    const id = state.chosen;
    try {
      const [about, svg] = await Promise.all([bench.get(`/terminals/${id}?at=${n}`), bench.get(`/terminals/${id}/device.svg?at=${n}`)]);
      film.insert(about, parse(svg), n);
    } catch {
      film.gone.add(n);
    }
  }
  filling = false;
}

// The table of the flows and the faults of a terminal, fetched when they are wanted first.
export async function facts(id) {
  if (!state.flows.has(id)) {
    const [flows, faults] = await Promise.all([bench.get(`/terminals/${id}/flows`), bench.get(`/terminals/${id}/faults`)]);
    state.flows.set(id, flows);
    state.faults.set(id, faults);
    show();
  }
}

export async function start() {
  const [now, terminals, cards, profiles, verbs] = await Promise.all(["/bench", "/terminals", "/cards", "/profiles", "/verbs"].map((path) => bench.get(path)));
  state.bench = now;
  terminals.forEach(know);
  if (!state.terminals.has(state.chosen)) state.chosen = terminals[0]?.id ?? "";
  Object.assign(state, { cards, profiles, verbs });
  await refresh();
  show();
}

// How the host stands, with its newest messages and entries; `then` is the query of a moment that is looked back at.
async function hostNow(then) {
  const now = await bench.get(`/host${then}`);
  const newest = (path, count) => bench.get(`${path}${then || "?"}${then ? "&" : ""}after=${Math.max(0, count - NEWEST)}`);
  const [messages, entries] = await Promise.all([newest("/host/messages", now.messages), now.books ? newest("/host/entries", now.books.entries) : []]);
  return { ...now, newest: { messages: messages.reverse(), entries: entries.reverse() } };
}
