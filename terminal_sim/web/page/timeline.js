// What has happened, by cause: each act of a person, and time, with what it brought about under it. The timeline knows entries and rows and draws nothing.
//
// 1. An entry is kept by its number; entries come in order.
// 2. Digits that are typed one after the other are one act, as they are one line of a script; of the screens that they bring the last one is a row.
// 3. A row is an act or an entry under it. A filter takes rows away and chooses none; an act whose entries match stays, dimmed.

import { keyWord, text } from "./brief.js";
import { filter } from "./filter.js";

const BEGINS = new Set(["act", "key", "touch", "time"]);
const INNER = new Set(["event"]); // the firmware's own events are a detail of the loop
const DIGIT = /^([0-9*#]|DIGIT|CLEAR)$/;

export class Timeline {
  constructor() {
    this.names = new Map(); // ids of terminals by their names
    this.inner = false; // whether the firmware's own events are rows
    this.folded = new Set(); // numbers of acts
    this.written = "";
    this.narrow("");
    this.clear();
  }

  clear() {
    this.entries = [];
    this.acts = [];
    this.rows = [];
    this.unseen = 0; // rows that came while the list did not follow
    this.follows = true;
  }

  add(entries) {
    for (const entry of entries) {
      if (this.last && entry.n <= this.last) continue;
      this.entries.push(entry);
      const rows = this.rows.length;
      this.take(entry);
      if (!this.follows) this.unseen += Math.max(0, this.rows.length - rows);
    }
  }

  get last() {
    return this.entries.at(-1)?.n ?? 0;
  }

  entry(n) {
    return this.entries[n - (this.entries[0]?.n ?? 0)];
  }

  // The act to which the entry of this number belongs.
  actOf(n) {
    let [low, high] = [0, this.acts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.acts[middle].n <= n) low = middle;
      else high = middle - 1;
    }
    return this.acts[low];
  }

  take(entry) {
    let act = this.acts.at(-1);
    const begins = BEGINS.has(entry.kind) && (entry.cause === entry.n || entry.kind === "time");
    if (begins && continues(act, entry)) {
      act.keys += keyWord(entry.key);
      act.label = `press ${act.keys}`;
      return;
    }
    if (begins || !act || (entry.cause === 0 && act.terminal !== entry.terminal)) {
      act = begun(entry, begins);
      this.acts.push(act);
      this.layHead(act);
      if (begins) return;
    }
    if (act.keys && entry.kind === "screen") this.drop(act, entry);
    act.entries.push(entry);
    this.lay(act, entry);
  }

  // While digits are typed, a screen stands for the one before it.
  drop(act, screen) {
    const at = act.entries.findLastIndex((one) => one.kind === "screen" && one.screen === screen.screen);
    if (at < 0) return;
    const [before] = act.entries.splice(at, 1);
    const row = this.rows.findLastIndex((one) => one.entry === before);
    if (row >= 0) this.rows.splice(row, 1);
  }

  layHead(act) {
    act.shown = !this.test || this.test(act.head, act, this.names);
    if (act.shown) this.rows.push({ act, entry: null, dim: false });
  }

  lay(act, entry) {
    if (this.folded.has(act.n) || (INNER.has(entry.kind) && !this.inner)) return;
    if (this.test && !this.test(entry, act, this.names)) return;
    if (!act.shown) {
      act.shown = true;
      this.rows.push({ act, entry: null, dim: true });
    }
    this.rows.push({ act, entry, dim: false });
  }

  // Rows anew: after another filter, or an act was folded.
  relay() {
    this.rows = [];
    for (const act of this.acts) {
      this.layHead(act);
      for (const entry of act.entries) this.lay(act, entry);
    }
  }

  narrow(written) {
    this.written = written;
    const { test, mistakes } = filter(written);
    this.test = written.trim() ? test : null;
    this.mistakes = mistakes;
    if (this.acts) this.relay();
  }

  fold(act) {
    if (!this.folded.delete(act.n)) this.folded.add(act.n);
    this.relay();
  }

  // Folded altogether, the timeline is the script.
  foldAll() {
    const all = this.acts.every((act) => this.folded.has(act.n));
    this.folded = all ? new Set() : new Set(this.acts.map((act) => act.n));
    this.relay();
  }

  // The index of the row that shows the entry of this number, or the act that it belongs to.
  index(n) {
    const at = this.rows.findIndex((row) => numberOf(row) === n);
    return at >= 0 ? at : this.rows.findLastIndex((row) => numberOf(row) <= n);
  }

  // The number of the row `by` rows away from that of `n`; of acts alone where `acts` says so.
  step(n, by, acts = false) {
    const rows = acts ? this.rows.filter((row) => !row.entry) : this.rows;
    if (!rows.length) return 0;
    const at = n ? rows.findLastIndex((row) => numberOf(row) <= n) : by > 0 ? -1 : rows.length;
    return numberOf(rows[Math.max(0, Math.min(rows.length - 1, at + by))]);
  }
}

export const numberOf = (row) => row.entry?.n ?? row.act.n;

function continues(act, entry) {
  if (!act?.keys || entry.kind !== "key" || act.terminal !== entry.terminal || !DIGIT.test(entry.key)) return false;
  return act.entries.every((one) => one.kind === "screen" || INNER.has(one.kind));
}

// What happens without an act is the terminal's start.
function begun(entry, begins) {
  const head = begins ? entry : { ...entry, kind: "act", line: "power on" };
  return { n: head.n, t: head.t, terminal: head.terminal, kind: head.kind, head, keys: DIGIT.test(head.key ?? "") ? keyWord(head.key) : "", label: text(head), entries: [], shown: false };
}
