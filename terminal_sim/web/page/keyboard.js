// The keys of the page. While the device has the keyboard they are the device's; in a field they are what is typed. Never both.

import { choose, line, live, look } from "./acts.js";
import { step } from "./dock.js";
import { lastOf } from "./film.js";
import { bring, copied, expectation } from "./log.js";
import { closePalette, openPalette } from "./palette.js";
import { setting } from "./settings.js";
import { film, show, state, timeline } from "./state.js";
import { next, running, showScript } from "./top.js";

const REGIONS = [".top button", "#floor", ".cards", ".world button", ".film .cell.on", "#filter", "#rows", "#panel-left", "#panel-right"];

export function listen() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    if (pressed(event)) event.preventDefault();
  });
}

// Whether the key was one of the page's.
function pressed(event) {
  const { key } = event;
  if (key === "F6") return region(event.shiftKey ? -1 : 1);
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k") return done(state.palette ? closePalette : openPalette);
  if (event.ctrlKey || event.metaKey) return false;
  const typing = event.target.closest?.("input, textarea, select");
  if (key === "Escape" && !typing) return done(() => document.querySelector("#floor").focus());
  if (typing) return false;
  const letters = setting("letters", true);
  if (event.target.closest?.("#rows")) {
    if (key === "ArrowDown" || (letters && key === "j")) return done(() => step(1));
    if (key === "ArrowUp" || (letters && key === "k")) return done(() => step(-1));
    if (key === "Enter" && state.entry) return done(() => { state.left = "details"; state.pane = "detail"; show(); document.querySelector("#panel-left")?.focus(); });
    if (letters && key === "[") return done(() => step(-1, true));
    if (letters && key === "]") return done(() => step(1, true));
    if (letters && key === "e" && state.entry) return done(expectThis);
    if (letters && key === "c" && state.entry) return done(() => navigator.clipboard.writeText(copied(state.entry)));
  }
  if (key === "End") return done(live);
  if (event.target.closest?.(".film") && (key === "ArrowLeft" || key === "ArrowRight")) return done(() => lookBy(key === "ArrowLeft" ? -1 : 1, true));
  return letters && Boolean(SINGLE[key]) && done(SINGLE[key]);
}

const SINGLE = {
  "/": () => document.querySelector("#filter").focus(),
  ",": () => lookBy(-1),
  ".": () => lookBy(1),
  "<": () => lookBy(-1, true),
  ">": () => lookBy(1, true),
  n: next,
  p: running,
  r: showScript,
  "?": () => { state.help = !state.help; show(); },
};

function done(what) {
  what();
  return true;
}

// Looks one event further back or on, or one act.
function lookBy(by, acts = false) {
  const at = state.past?.n ?? timeline.last;
  if (acts) {
    const cells = film.cells(state.chosen);
    const cell = cells[cells.findLastIndex(({ act }) => act.n <= at) + by];
    if (cell) look(lastOf(cell.act));
    return;
  }
  look(at + by);
  if (state.past) bring(state.past.n);
}

function expectThis() {
  const expected = expectation(state.entry);
  if (expected) line(expected);
  else choose(state.entry.n);
}

function region(by) {
  const there = REGIONS.map((selector) => document.querySelector(selector)).filter((one) => one && one.offsetParent !== null);
  const at = there.findIndex((one) => one === document.activeElement || one.closest("section, header")?.contains(document.activeElement));
  there[(at + by + there.length) % there.length]?.focus();
  return true;
}
