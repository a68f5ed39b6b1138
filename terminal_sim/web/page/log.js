// The log: film strip, filter, and the timeline, of which only the rows in view are in the document.

import { html, nothing, render } from "./vendor/lit-html.js";
import { brief, mood, result, text } from "./brief.js";
import { choose, line, live, look } from "./acts.js";
import { kindsOf, toggled } from "./filter.js";
import { icon } from "./icons.js";
import { lit } from "./links.js";
import { menu, menuAt } from "./menu.js";
import { moment } from "./moments.js";
import { film, show, state, timeline } from "./state.js";
import { numberOf } from "./timeline.js";
import { kindWord, say } from "./words.js";

const TOGGLES = ["state", "screen", "apdu", "host", "journal", "receipt"];
const MARGIN = 6; // rows above and below those in view

export const rowHeight = () => (innerWidth < 720 ? 30 : 24);

export function log() {
  return html`<section class="log" id="log" aria-label=${say("timeline")}>
    ${film.view(state.chosen, state.past?.n, look)}
    ${bar()}
    <div id="rows" class="rows" role="grid" aria-label=${say("timeline")} aria-rowcount=${timeline.rows.length} tabindex="0" @scroll=${scrolled} @contextmenu=${about}></div>
    ${timeline.unseen ? html`<button class="pill" @click=${live}>${say("new-rows", { n: timeline.unseen })}</button>` : nothing}
  </section>`;
}

let laid = 0; // how many rows there were when the list was at its end last

// After the page is drawn: the end of the list, while it is followed.
export function follow() {
  if (!timeline.follows || state.past || laid === timeline.rows.length) return;
  laid = timeline.rows.length;
  timeline.unseen = 0;
  const box = document.querySelector("#rows");
  if (box) box.scrollTop = laid * rowHeight();
}

export function bring(n) {
  const box = document.querySelector("#rows");
  const index = timeline.index(n);
  if (!box || index < 0) return;
  const [top, tall] = [index * rowHeight(), rowHeight()];
  if (top < box.scrollTop || top + tall > box.scrollTop + box.clientHeight) {
    timeline.follows = false;
    box.scrollTop = Math.max(0, top - box.clientHeight / 2);
  }
}

function bar() {
  const kinds = kindsOf(timeline.written);
  return html`<div class="filter"><label class="find">${icon("find")}<span class="typed"><span class="under" aria-hidden="true">${underlined()}</span>
      <input id="filter" type="search" .value=${timeline.written} placeholder=${say("filter")} aria-label=${say("filter-label")} spellcheck="false" autocomplete="off" @input=${(event) => narrow(event.target.value)}></span></label>
    ${timeline.mistakes.length ? html`<span role="status"><button class="chip warn" @click=${mend}>${mistake()}</button></span>` : nothing}
    <div class="kinds" role="group" aria-label=${say("kinds")}>${TOGGLES.map((kind) =>
      html`<button class="kind k-${kind}" aria-pressed=${!kinds.length || kinds.includes(kind)} @click=${() => narrow(toggled(timeline.written, kind))}>${kindWord(kind)}</button>`)}</div>
    <button class="ic" aria-label=${say("more")} title=${say("more")} aria-haspopup="menu" @click=${more}>${icon("more")}</button></div>`;
}

// The filter again, behind what is typed, with its mistakes underlined.
function underlined() {
  const parts = [];
  let at = 0;
  for (const { start, end } of timeline.mistakes) {
    parts.push(timeline.written.slice(at, start), html`<u>${timeline.written.slice(start, end)}</u>`);
    at = end;
  }
  return parts;
}

function mistake() {
  const { start, end, near } = timeline.mistakes[0];
  const word = timeline.written.slice(start, end);
  return near ? say("did-you-mean", { word, near }) : say("not-understood", { word });
}

function mend() {
  const { start, end, near } = timeline.mistakes[0];
  if (near) narrow(timeline.written.slice(0, start) + near + timeline.written.slice(end));
  document.querySelector("#filter").focus();
}

// The selected row stays where it is on the screen.
export function narrow(written) {
  const box = document.querySelector("#rows");
  const n = state.entry?.n;
  const place = n ? timeline.index(n) * rowHeight() - box.scrollTop : 0;
  timeline.narrow(written);
  show();
  if (n && !timeline.follows) requestAnimationFrame(() => requestAnimationFrame(() => { box.scrollTop = timeline.index(n) * rowHeight() - place; }));
}

const more = (event) => menu(event.currentTarget, [
  { label: say("fold-all"), act: () => { timeline.foldAll(); show(); } },
  { label: say(timeline.inner ? "hide-inner" : "show-inner"), act: () => { timeline.inner = !timeline.inner; timeline.relay(); show(); } },
  ...["kind:apdu,host", "sw:6A83", "state:pin", "t>1h", "-kind:screen", "act:insert"].map((each) => ({ label: each, act: () => narrow(each) })),
], say("more"));

let top = 0;
let deep = 600;

// A list that is scrolled draws its rows and nothing else of the page.
function scrolled(event) {
  const box = event.target;
  const followed = timeline.follows;
  top = box.scrollTop;
  deep = box.clientHeight;
  timeline.follows = !state.past && top + deep >= timeline.rows.length * rowHeight() - rowHeight();
  if (!timeline.follows) laid = 0;
  layRows();
  if (timeline.follows && !followed && timeline.unseen) {
    timeline.unseen = 0;
    show();
  }
}

export function layRows() {
  const box = document.querySelector("#rows");
  if (box) render(rows(), box);
}

function rows() {
  if (!timeline.rows.length) return html`<div role="row" class="empty"><span role="gridcell">${say(timeline.entries.length ? "no-match" : "no-events")}</span></div>`;
  const tall = rowHeight();
  const first = Math.max(0, Math.min(Math.floor(top / tall), timeline.rows.length - Math.floor(deep / tall)) - MARGIN);
  const last = Math.min(timeline.rows.length, Math.ceil((top + deep) / tall) + MARGIN);
  const linked = lit(timeline, state.entry);
  let t = -1;
  return html`<div class="tall" .style=${`height:${timeline.rows.length * tall}px`}><div class="window" .style=${`transform:translateY(${first * tall}px)`}>${timeline.rows.slice(first, last).map((each, index) => {
    const at = (each.entry ?? each.act).t;
    const shown = at !== t ? moment(at) : "";
    t = at;
    return row(each, first + index, shown, linked);
  })}</div></div>`;
}

function row({ act, entry, dim }, index, time, linked) {
  const shown = entry ?? act.head;
  const n = numberOf({ act, entry });
  const said = entry ? result(entry) : "";
  const why = linked.get(n);
  const past = state.past?.n;
  const next = timeline.rows[index + 1];
  const classes = ["row", `k-${shown.kind}`, entry ? "" : "act", dim ? "dim" : "", state.entry?.n === n ? "sel" : "", why ? "lit" : "", past && n > past ? "later" : "", past && n <= past && (!next || numberOf(next) > past) ? "now" : ""];
  return html`<div role="row" aria-rowindex=${index + 1} aria-selected=${state.entry?.n === n} class=${classes.filter(Boolean).join(" ")} data-n=${n} @click=${() => choose(n)} @dblclick=${() => look(n)}>
    <span role="gridcell" class="n">${n}</span><span role="gridcell" class="t">${time}</span>
    ${entry ? html`<span role="gridcell" class="k">${kindWord(entry.kind)}</span><span role="gridcell" class="x">${text(entry)}<span class="fr">${brief(entry)}</span></span>`
      : html`<span role="gridcell" class="x"><button class="fold" tabindex="-1" aria-label=${say("fold")} aria-expanded=${!timeline.folded.has(act.n)} @click=${(event) => fold(event, act)}>${timeline.folded.has(act.n) ? "▸" : "▾"}</button>${act.label}${state.terminals.size > 1 ? html`<span class="fr">${timeline.names.get(act.terminal) ?? ""}</span>` : nothing}</span>`}
    <span role="gridcell" class="r ${why ? "why" : mood(said)}">${why ? say(why) : said}</span>${past && classes.includes("now") ? html`<b class="here">${past}</b>` : nothing}</div>`;
}

function fold(event, act) {
  event.stopPropagation();
  timeline.fold(act);
  show();
}

// The line of a script that expects what an entry shows; "" where there is none.
export function expectation(entry) {
  const value = (one) => (/^[\w.:-]+$/.test(String(one)) ? one : JSON.stringify(String(one)));
  const fields = (names) => names.filter((name) => entry[name] !== undefined && entry[name] !== "").map((name) => ` ${name}=${value(entry[name])}`).join("");
  switch (entry.kind) {
    case "screen": return `expect screen id:${entry.screen}`;
    case "journal": return `expect journal ${entry.row}${fields(["state", "amount", "entry"])}`;
    case "host": return entry.out ? `expect host ${entry.out}${fields(["amount"])}` : "";
    case "receipt": return entry.copy ? `expect receipt copy=${entry.copy}` : "";
    case "beep": return "expect beep";
    default: return "";
  }
}

function about(event) {
  const n = Number(event.target.closest("[data-n]")?.dataset.n);
  const entry = timeline.entry(n);
  if (!entry) return;
  event.preventDefault();
  const expected = expectation(entry);
  menuAt(event.clientX, event.clientY, [
    { label: say("show-here"), act: () => look(n) },
    ...(expected ? [{ label: expected, hint: say("expect-this"), act: () => line(expected) }] : []),
    { label: say("copy-row"), act: () => navigator.clipboard.writeText(copied(entry)) },
  ]);
}

export const copied = (entry) => [entry.n, moment(entry.t), entry.kind, text(entry), brief(entry), result(entry)].filter((one) => one !== "").join("\t");
