// The film strip: a picture for each act, of the screen on which it settled. Its axis is the order of what was done, never time.

import { html, nothing } from "./vendor/lit-html.js";
import { firstDisplay } from "./drawing.js";
import { MINUTE, shortly } from "./moments.js";
import { say } from "./words.js";

const LONGEST = 400; // pictures that are kept
const SHOWN = 60; // cells in the document

export class Film {
  constructor(timeline) {
    this.timeline = timeline;
    this.clear();
  }

  clear() {
    this.gone = new Set(); // moments that the bench cannot go back to
    this.pictures = new Map(); // of each terminal, by its id: drawings with how it stood and the newest event then, oldest first
  }

  // Keeps how a terminal stood when the event `n` had happened.
  keep(about, drawing, n) {
    const pictures = this.pictures.get(about.id) ?? [];
    pictures.push({ n, drawing, about, thumb: null });
    if (pictures.length > LONGEST) pictures.shift();
    this.pictures.set(about.id, pictures);
  }

  // The moments of the strip of which there is no picture: those before the page was open.
  missing(id) {
    return this.cells(id).filter(({ act, picture }) => !picture && act.entries.some((entry) => entry.kind === "screen")).map(({ act }) => lastOf(act)).filter((n) => !this.gone.has(n));
  }

  // A picture that was fetched takes its place among the others.
  insert(about, drawing, n) {
    const pictures = [...(this.pictures.get(about.id) ?? []), { n, drawing, about, thumb: null }];
    this.pictures.set(about.id, pictures.sort((a, b) => a.n - b.n));
  }

  // The picture that was there when the event `n` had happened.
  at(id, n) {
    return this.pictures.get(id)?.findLast((picture) => picture.n <= n);
  }

  // The newest acts in which something happened to this terminal, oldest first, each with the last picture of it, where there is one yet.
  cells(id) {
    const pictures = this.pictures.get(id) ?? [];
    const found = [];
    let at = pictures.length - 1;
    let next = Infinity; // where the act after this one of the same terminal begins
    for (let index = this.timeline.acts.length - 1; index >= 0 && found.length < SHOWN; index--) {
      const act = this.timeline.acts[index];
      const own = this.timeline.names.get(act.terminal) === id;
      if (!own && act.kind !== "time") continue;
      while (at >= 0 && pictures[at].n >= next) at -= 1;
      const picture = at >= 0 && pictures[at].n >= act.n ? pictures[at] : null;
      if (own || picture) {
        found.push({ act, picture });
        next = act.n;
      }
    }
    return found.reverse();
  }

  view(id, past, look) {
    const cells = this.cells(id);
    if (!cells.length) return html`<div class="film"></div>`;
    const shown = past ?? this.timeline.last;
    const on = cells.findLast(({ act }) => act.n <= shown) ?? cells[0];
    return html`<div class="film" role="group" aria-label=${say("film")} tabindex="0">${cells.map((cell, index) => {
      const before = cells[index - 1]?.act.t ?? cell.act.t;
      return html`${cell.act.t - before > 30 * MINUTE ? html`<span class="gap"><b>${shortly(cell.act.t - before)}</b></span>` : nothing}${drawnCell(cell, cell === on, past && cell.act.n > past, look)}`;
    })}</div>`;
  }
}

function drawnCell({ act, picture }, on, later, look) {
  if (picture) picture.thumb ??= firstDisplay(picture.drawing);
  const screen = picture?.about.screen ?? act.entries.findLast((entry) => entry.kind === "screen")?.screen ?? "";
  return html`<button class="cell ${on ? "on" : ""} ${later ? "later" : ""}" aria-pressed=${on} tabindex=${on ? 0 : -1} data-n=${act.n}
    aria-label="${say("event")} ${act.n}: ${act.label}, ${say("kind-screen")} ${screen}" @click=${() => look(lastOf(act))}>
    <span class="thumb">${picture?.thumb ?? nothing}</span><small>${short(act)}</small><span class="ticks">${ticks(act)}</span></button>`;
}

// The number of the newest event of an act.
export const lastOf = (act) => act.entries.at(-1)?.n ?? act.n;

const MOST_TICKS = 24;

function ticks(act) {
  return [act.head, ...act.entries].filter((one) => one.kind !== "event").slice(0, MOST_TICKS).map((one) => html`<i class="k-${one.kind === "key" || one.kind === "touch" ? "act" : one.kind}"></i>`);
}

// What tells acts apart: the keys, the target, the verb of a card.
function short(act) {
  if (act.kind === "time") return `+${shortly(act.head.by)}`;
  const [verb, ...rest] = act.label.split(" ");
  if (verb === "press" || verb === "press!") return rest.join(" ");
  if (verb === "tap") return rest.join(" ").replace(/^id:|"/g, "");
  if (verb === "network") return `net ${rest.join(" ")}`;
  return ["insert", "remove", "swipe", "tap-card"].includes(verb) ? verb : act.label;
}
