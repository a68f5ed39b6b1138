// The film strip: one picture for each act, of the screen on which it settled. Its axis is the order of what was done, never time.

import { html, nothing } from "./vendor/lit-html.js";
import { parse } from "./drawing.js";
import { brief } from "./timeline.js";
import { say } from "./words.js";

const LONGEST = 300; // pictures
const ACTS = new Set(["act", "key", "touch", "time"]);

export class Film {
  constructor() {
    this.cells = []; // oldest first: terminal, the number of the newest event that it shows, what was done, and the drawing as text
  }

  // Keeps the drawing that came after these entries. Keys that follow each other are one act, as they are one line of a script.
  add(terminal, svg, entries) {
    const act = entries.findLast((entry) => ACTS.has(entry.kind));
    const last = entries.at(-1);
    if (!act || !last) return;
    const label = brief(act);
    const before = this.cells.at(-1);
    if (before && before.terminal === terminal && before.act === act.n) this.cells.pop();
    this.cells.push({ terminal, n: last.n, act: act.n, label, at: act.t, svg });
    if (this.cells.length > LONGEST) this.cells.shift();
  }

  // The cell whose picture was there when the event `n` had happened.
  at(terminal, n) {
    return this.cells.findLast((cell) => cell.terminal === terminal && cell.n <= n);
  }

  view(terminal, shown, look) {
    const own = this.cells.filter((cell) => cell.terminal === terminal).slice(-40);
    if (!own.length) return nothing;
    return html`<div class="film" role="group" aria-label=${say("film")} tabindex="0">${own.map((cell, index) => html`
      ${index && cell.at - own[index - 1].at > 60e6 ? html`<span class="gap">${distance(cell.at - own[index - 1].at)}</span>` : nothing}
      <button class="cell ${cell === shown ? "on" : ""}" aria-pressed=${cell === shown} aria-label="${say("event")} ${cell.n}: ${cell.label}" @click=${() => look(cell)}>
        <span class="thumb">${thumb(cell)}</span><small>${cell.label}</small></button>`)}</div>`;
  }
}

// A small picture shows and takes nothing: it is an image, and its keys are none.
function thumb(cell) {
  if (!cell.thumb) {
    cell.thumb = parse(cell.svg);
    for (const inner of cell.thumb.querySelectorAll("[role], [tabindex], [aria-label]")) for (const name of ["role", "tabindex", "aria-label"]) inner.removeAttribute(name);
    cell.thumb.setAttribute("aria-hidden", "true");
  }
  return cell.thumb;
}

function distance(micros) {
  const minutes = micros / 60e6;
  return minutes >= 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes)} min`;
}
