// The bench as the page knows it: what it says as it happens, and what is fetched after something has happened.

import { Connection } from "./connection.js";
import { parse } from "./drawing.js";
import { film, show, state, timeline } from "./state.js";

export let bench; // the connection

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
  if (message.branch) window.dispatchEvent(new CustomEvent("branch", { detail: message.branch }));
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

// Fetches what no message brings: the clock, how terminals stand, and the script, receipts and rows of the chosen one.
export async function refresh() {
  clearTimeout(timer);
  const id = state.chosen;
  if (!id || state.link !== "live") return;
  const at = `/terminals/${id}`;
  const [now, terminals, script] = await Promise.all([bench.get("/bench"), bench.get("/terminals"), bench.get(`${at}/recording`)]);
  state.bench = now;
  // A screen that has come meanwhile is newer than this answer.
  for (const each of terminals) if (!(state.terminals.get(each.id)?.generation > each.generation)) know(each);
  if (id !== state.chosen) return;
  state.script = script;
  await papers(id);
  if (state.left === "journal") state.journal = await bench.get(`${at}/journal`);
  if (state.left === "report") state.report = await bench.get(`${at}/report`);
  show();
}

let printed = ["", 0];

// The receipts with their pictures; those that are there already are not fetched again.
async function papers(id) {
  const count = state.terminals.get(id)?.receipts ?? 0;
  if (printed[0] === id && printed[1] === count) return;
  printed = [id, count];
  const receipts = await bench.get(`/terminals/${id}/receipts`);
  const newest = receipts.slice(-6);
  const pictures = await Promise.all(newest.map((each) => bench.get(`/terminals/${id}/receipts/${each.n}.svg`)));
  newest.forEach((each, index) => { each.svg = pictures[index]; });
  state.receipts = newest;
  drawn.delete(id);
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
  const [terminals, cards, profiles, verbs] = await Promise.all([bench.get("/terminals"), bench.get("/cards"), bench.get("/profiles"), bench.get("/verbs")]);
  terminals.forEach(know);
  Object.assign(state, { cards, profiles, verbs });
  await refresh();
  show();
}
