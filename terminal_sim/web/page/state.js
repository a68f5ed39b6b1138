// What the page shows, as one value, and the drawing of it: at most once a frame.

import { Film } from "./film.js";
import { Timeline } from "./timeline.js";

export const state = {
  // The bench.
  bench: null, // its clock and next deadline
  terminals: new Map(), // what each terminal is and how it stands, by id
  cards: [],
  profiles: [],
  verbs: [],
  flows: new Map(), // the tables of the flows, by terminal id
  faults: new Map(), // the faults that each terminal can have, by its id
  link: "live", // or "lost"
  restarted: false,
  // What is looked at.
  chosen: "", // a terminal
  entry: null, // the chosen event with all that it says
  lit: null, // bytes of it: which of its byte strings, first and end
  past: null, // the moment that is looked back at
  together: false, // all terminals side by side
  compared: null, // two branches side by side
  branched: null, // the branch that the page made last, and which was live before
  branches: [],
  // What is open.
  pane: "device", // at phone width
  left: "details",
  right: "script",
  menu: null,
  palette: null,
  help: false,
  refused: "",
  took: 0, // ms from the newest input to its settled screen
  keypad: false, // whether the keys are open as a sheet, at phone width
  keysTo: "", // the terminal that has the keyboard
  carried: null, // a card that is dragged
  // The script and the paper of the chosen terminal.
  script: "",
  draft: null, // the script while a person changes it
  problems: [],
  played: null, // the newest play back
  receipts: [],
  journal: [],
  report: [],
  host: null, // how the host stands, its newest messages and entries
  broken: { of: "" }, // what rules say of a terminal
  chart: null,
};

export const timeline = new Timeline();
export const film = new Film(timeline);

export const chosen = () => state.past?.about ?? state.terminals.get(state.chosen);

let draw = () => {};
let asked = false;

export function drawnBy(page) {
  draw = page;
}

export function show() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    draw();
  });
}
