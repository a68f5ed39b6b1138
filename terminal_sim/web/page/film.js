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
    this.pictures = new Map(); // of each terminal, by its id: drawings with how it stood and the newest event then, oldest first
  }

  // Keeps how a terminal stood when the event `n` had happened.
  keep(about, drawing, n) {
    const pictures = this.pictures.get(about.id) ?? [];
    pictures.push({ n, drawing, about, thumb: null });
    if (pictures.length > LONGEST) pictures.shift();
    this.pictures.set(about.id, pictures);
  }

  // The picture that was there when the event `n` had happened.
  at(id, n) {
    return this.pictures.get(id)?.findLast((picture) => picture.n <= n);
  }

  // The acts of which there is a picture of this terminal, oldest first, each with the last one. An act that shows nothing new has none.
  cells(id) {
    const pictures = this.pictures.get(id) ?? [];
    const found = [];
    for (const picture of pictures) {
      const act = this.timeline.actOf(picture.n);
      if (!act) continue;
      if (found.at(-1)?.act === act) found.at(-1).picture = picture;
      else found.push({ act, picture });
    }
    return found.slice(-SHOWN);
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
  picture.thumb ??= firstDisplay(picture.drawing);
  return html`<button class="cell ${on ? "on" : ""} ${later ? "later" : ""}" aria-pressed=${on} tabindex=${on ? 0 : -1} data-n=${act.n}
    aria-label="${say("event")} ${act.n}: ${act.label}, ${say("kind-screen")} ${picture.about.screen}" @click=${() => look(lastOf(act))}>
    <span class="thumb">${picture.thumb}</span><small>${short(act)}</small><span class="ticks">${ticks(act)}</span></button>`;
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
