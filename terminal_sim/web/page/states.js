// The states: where each flow stands, every move out of a state and how often its change was taken on this bench, and the whole chart.

import { html, nothing } from "./vendor/lit-html.js";
import { bench, facts } from "./bench.js";
import { parse } from "./drawing.js";
import { chosen, show, state, timeline } from "./state.js";
import { say } from "./words.js";

export function states() {
  const at = chosen();
  if (!at) return nothing;
  if (!state.flows.has(at.id)) {
    facts(at.id);
    return nothing;
  }
  if (state.chart) return chart();
  const now = at.flows.at(-1);
  return html`<p class="why">${at.flows.map((each, index) => html`${index ? html`<span aria-hidden="true">›</span>` : nothing}${each === now ? html`<b>${each}</b>` : html`<span class="st">${each}</span>`}`)}<span>${now ? say("waits-for") : say("off")}</span></p>${now ? moves(now) : nothing}`;
}

// The moves out of a state such as sale.present, in the order in which they are tried.
export function moves(where) {
  const id = state.chosen;
  const [flow, name] = where.split(".");
  const table = state.flows.get(id)?.find((each) => each.flow === flow);
  if (!state.flows.has(id)) facts(id);
  const found = table?.states.find((each) => each.state === name);
  if (!found) return nothing;
  const taken = counts(flow);
  return html`<div class="moves"><p class="mv head"><span>${say("trigger")}</span><span>${say("leads-to")}</span><span class="c">${say("taken")}</span></p>
    ${found.moves.map((move) => {
      const count = move.dest === name ? null : (taken.get(`${name} ${move.dest}`) ?? 0);
      return html`<p class="mv ${count === 0 ? "never" : ""}"><span>${move.trigger}${move.trigger === "timeout" && found.timeout ? html` <span class="g">${found.timeout}</span>` : nothing} <span class="g">${move.guard}</span></span>
        <span class="to">→ ${move.dest}</span><span class="c">${count === null ? "" : count ? `${count} ×` : say("never")}</span></p>`;
    })}</div>
    <p class="foot"><button class="btn" @click=${() => whole(flow, name)}>${say("whole-chart")}</button></p>`;
}

// How often each change of state was taken by this terminal, as far as the timeline goes back.
function counts(flow) {
  const name = chosen()?.name;
  const found = new Map();
  for (const entry of timeline.entries) {
    if (entry.kind !== "state" || entry.flow !== flow || entry.terminal !== name) continue;
    const change = `${entry.source} ${entry.dest}`;
    found.set(change, (found.get(change) ?? 0) + 1);
  }
  return found;
}

async function whole(flow, name) {
  state.chart = { flow, name, svg: await bench.get(`/terminals/${state.chosen}/flows/${flow}.svg`) };
  state.left = "states";
  show();
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(".chart .current")?.scrollIntoView({ block: "center", inline: "center" })));
}

function chart() {
  const { name, svg } = state.chart;
  state.chart.drawing ??= parse(svg);
  for (const box of state.chart.drawing.querySelectorAll("[data-state]")) box.classList.toggle("current", box.dataset.state === name);
  return html`<p class="foot"><b>${state.chart.flow}</b><span class="grow"></span><button class="btn" @click=${() => { state.chart = null; show(); }}>${say("close")}</button></p><div class="chart">${state.chart.drawing}</div>`;
}
