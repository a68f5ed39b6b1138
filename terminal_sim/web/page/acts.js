// What a person does on the page. Whatever is done is an act of the table of verbs; choosing, filtering and scrolling are no acts.

import { bench, drawn, facts, goLive, refresh, soon } from "./bench.js";
import { parse } from "./drawing.js";
import { chosen, show, state, timeline } from "./state.js";
import { say } from "./words.js";

const REFUSAL = 6_000; // ms for which a refusal stands beside what was pressed

// Does a verb with its arguments by name at the chosen terminal.
export async function act(said, terminal = state.chosen) {
  if (state.link !== "live") return refuse(say("not-connected"));
  if (state.past && !(await branchHere())) return undefined;
  const began = performance.now();
  return answered(await bench.ask({ terminal, ...said }), began);
}

// Does a line of the script language.
export const line = (text) => act({ lines: [text] });

function answered(answer, began) {
  if (answer.refused) refuse(answer.refused.detail);
  else {
    state.took = performance.now() - began;
    refuse("");
  }
  soon();
  return answer;
}

let hide;

export function refuse(why) {
  state.refused = why;
  clearTimeout(hide);
  if (why) hide = setTimeout(() => refuse(""), REFUSAL);
  show();
}

export async function turnClock(change) {
  if (state.past && !(await branchHere())) return;
  try {
    state.bench = await bench.post("/bench/clock", change);
    refuse("");
  } catch (wrong) {
    refuse(wrong.message);
  }
  soon();
}

// A jump is a line of the script: before the first act of a terminal it says when the bench begins.
export const jump = (time) => act({ do: "wait", time });

// Terminals.

export function pick(id) {
  Object.assign(state, { past: null, together: false, chosen: id, entry: null, menu: null });
  facts(id);
  refresh();
  show();
}

export async function add(profile) {
  try {
    pick((await bench.post("/terminals", { profile })).id);
  } catch (wrong) {
    refuse(wrong.message);
  }
}

// Looking at events.

export async function choose(n) {
  const entry = timeline.entry(n);
  if (!entry) return;
  state.lit = null;
  state.entry = entry;
  if (state.left !== "details" && state.left !== "states") state.left = "details";
  if (state.pane === "timeline") state.pane = "detail";
  show();
  const whole = await bench.get(`/trace/${n}`);
  if (state.entry?.n === n) {
    state.entry = whole;
    show();
  }
}

let looking = 0; // the newest event that was asked for: an older one that comes later is not shown

// Shows the bench as it was after event `n`; after the newest one it is live.
export async function look(n) {
  if (n >= timeline.last || n < 1) {
    live();
    return;
  }
  looking = n;
  const id = state.chosen;
  choose(n);
  try {
    const [about, svg, clock] = await Promise.all([bench.get(`/terminals/${id}?at=${n}`), bench.get(`/terminals/${id}/device.svg?at=${n}`), bench.get(`/bench?at=${n}`)]);
    if (looking !== n || id !== state.chosen) return;
    state.past = { n, t: clock.t, clock, drawing: parse(svg), about };
    timeline.follows = false;
    drawn.delete(id);
    refresh();
    show();
  } catch (wrong) {
    refuse(wrong.message);
  }
}

export function live() {
  looking = 0;
  state.past = null;
  timeline.follows = true;
  timeline.unseen = 0;
  drawn.delete(state.chosen);
  refresh();
  show();
}

// Goes on from the moment that is looked back at, as another branch.
export async function branchHere() {
  const was = bench.branch;
  const from = state.past.n;
  try {
    const made = await bench.post("/branches", { from });
    await goLive(made.branch);
    state.branched = { ...made, was };
  } catch (wrong) {
    refuse(wrong.message);
    return false;
  }
  show();
  return true;
}

// Back to the branch that was live before; the newer one stays beside it.
export async function undoBranch() {
  const { was } = state.branched;
  state.branched = null;
  await goLive(was);
  show();
}

export async function compare(a, b) {
  try {
    state.compared = await bench.get(`/branches/${a}/diff/${b}`);
  } catch (wrong) {
    refuse(wrong.message);
  }
  show();
}

export const isOff = () => !chosen()?.on;
