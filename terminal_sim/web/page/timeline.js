// The timeline: every event in its order, under the act that caused it; only the rows in view are in the document.

import { html } from "./vendor/lit-html.js";
import { say } from "./words.js";

export const ROW = 24; // px
const ACTS = new Set(["act", "key", "touch", "time"]);
const BRIEF = {
  act: (e) => e.line,
  key: (e) => `press ${e.key}`,
  touch: (e) => `tap id:${e.target}`,
  time: (e) => `clock +${(e.by / 1e6).toFixed(3)} s`,
  state: (e) => `${e.flow}: ${e.source || "·"} → ${e.dest}`,
  screen: (e) => e.screen,
  apdu: (e) => e.command,
  host: (e) => (e.out ? `→ ${e.mti} ${e.out}` : e.into ? `← ${e.into}` : e.problem),
  journal: (e) => e.row,
  receipt: (e) => e.copy || e.stopped,
  beep: (e) => e.tone,
  refused: (e) => e.why,
  ignored: (e) => e.what,
  note: (e) => e.text,
};
const RESULT = {
  apdu: (e) => e.response.match(/[0-9A-F]{4}( [a-z].*)?$/)?.[0] ?? e.response,
  host: (e) => (e.code ? `code ${e.code}` : ""),
  journal: (e) => e.state || "",
};
const HIDDEN = new Set(["event"]); // the firmware's own events are a detail of the loop

export function brief(entry) {
  return (BRIEF[entry.kind] || ((e) => e.what || e.kind))(entry);
}

// Words are ANDed, `-` negates, `kind:a,b` and any `field:value` name a field; what is left is looked for in everything an entry says.
export function matcher(text) {
  const tests = text.trim().split(/\s+/).filter(Boolean).map((word) => {
    const no = word.startsWith("-") && word.length > 1;
    const plain = no ? word.slice(1) : word;
    const [field, value] = plain.includes(":") ? [plain.slice(0, plain.indexOf(":")), plain.slice(plain.indexOf(":") + 1)] : ["", plain];
    const wanted = value.toLowerCase().split(",");
    return (entry) => {
      const there = field ? String(entry[field] ?? "").toLowerCase() : JSON.stringify(entry).toLowerCase();
      const found = wanted.some((one) => (field === "kind" ? there === one : there.includes(one)));
      return found !== no;
    };
  });
  return (entry) => tests.every((test) => test(entry));
}

export class Timeline {
  constructor() {
    this.entries = [];
    this.rows = [];
    this.filter = "";
    this.follows = true;
    this.selected = 0;
    this.matches = () => true;
  }

  add(entries) {
    this.entries.push(...entries);
    for (const entry of entries) if (this.shows(entry)) this.rows.push(entry);
  }

  shows(entry) {
    return !HIDDEN.has(entry.kind) && this.matches(entry);
  }

  narrow(text) {
    this.filter = text;
    this.matches = matcher(text);
    this.rows = this.entries.filter((entry) => this.shows(entry));
  }

  clear() {
    this.entries = [];
    this.rows = [];
  }

  move(by) {
    const at = this.rows.findIndex((entry) => entry.n === this.selected);
    const next = this.rows[Math.max(0, Math.min(this.rows.length - 1, at < 0 ? this.rows.length - 1 : at + by))];
    return next ? next.n : 0;
  }

  // `top` and `height` are those of the scrolled box, in pixels.
  view(top, height, choose) {
    if (!this.rows.length) return html`<p class="empty">${say("noEvents")}</p>`;
    const first = Math.max(0, Math.floor(top / ROW) - 4);
    const last = Math.min(this.rows.length, Math.ceil((top + height) / ROW) + 4);
    return html`<div class="tall" .style=${`height:${this.rows.length * ROW}px`}>
      <div class="window" .style=${`transform:translateY(${first * ROW}px)`}>
        ${this.rows.slice(first, last).map((entry, index) => this.row(entry, first + index, choose))}
      </div></div>`;
  }

  row(entry, index, choose) {
    const act = ACTS.has(entry.kind) && (entry.kind === "time" || entry.cause === entry.n);
    const result = RESULT[entry.kind]?.(entry) || "";
    const chosen = entry.n === this.selected;
    return html`<div role="row" aria-rowindex=${index + 1} aria-selected=${chosen} class="row k-${entry.kind} ${act ? "act" : ""} ${chosen ? "sel" : ""}"
      data-n=${entry.n} @click=${() => choose(entry.n)}>
      <span role="gridcell" class="n">${entry.n}</span><span role="gridcell" class="t">${act ? (entry.t / 1e6).toFixed(3) : ""}</span>
      <span role="gridcell" class="k">${entry.kind}</span><span role="gridcell" class="x">${brief(entry)}</span>
      <span role="gridcell" class="r">${result}</span></div>`;
  }
}
