// Two branches side by side: both devices, what differs by kind, and what happened on each since they parted, around one clock.

import { html, nothing } from "./vendor/lit-html.js";
import { compare, refuse } from "./acts.js";
import { bench, goLive, refresh } from "./bench.js";
import { mood, result, text } from "./brief.js";
import { device } from "./device.js";
import { parse } from "./drawing.js";
import { moment } from "./moments.js";
import { show, state } from "./state.js";
import { kindWord, say } from "./words.js";

const ACTS = new Set(["act", "key", "touch", "time"]);

// The branches that there are, as a tab of the dock.
export function branches() {
  return html`<table class="rowtable"><thead><tr><th scope="col">${say("branch")}</th><th scope="col">${say("field-from")}</th><th scope="col">${say("event")}</th><th scope="col"><span class="said">${say("more")}</span></th></tr></thead>
    <tbody>${state.branches.map((each) => html`<tr><td>${each.branch}${each.live ? ` · ${say("live")}` : ""}</td><td>${each.of ? `${each.of}, ${each.from}` : "–"}</td><td>${each.event}</td>
      <td>${each.live ? nothing : html`<button class="btn slim" @click=${() => compare(bench.branch, each.branch)}>${say("compare")}</button> <button class="btn slim" @click=${() => keep(each.branch)}>${say("keep")}</button> <button class="btn slim" @click=${() => remove(each.branch)}>${say("delete")}</button>`}</td></tr>`)}</tbody></table>
    <p class="empty">${say("branch-how")}</p>`;
}

async function keep(branch) {
  try {
    await goLive(branch);
    Object.assign(state, { compared: null, branched: null });
  } catch (wrong) {
    refuse(wrong.message);
  }
  refresh();
  show();
}

async function remove(branch) {
  try {
    await bench.delete(`/branches/${branch}`);
  } catch (wrong) {
    refuse(wrong.message);
  }
  refresh();
}

let only = ""; // the kind of event that is looked at

export function comparison() {
  const found = state.compared;
  const id = found.screens[state.chosen] ? state.chosen : Object.keys(found.screens)[0];
  const rows = found.rows.filter(([a, b]) => !only || (a ?? b).kind === only || ACTS.has((a ?? b).kind));
  let t = -1;
  return html`<div class="pair">${["a", "b"].map((side) => html`<figure class=${side}><figcaption><b>${side.toUpperCase()}</b>${found[side]}${found[side] === bench.branch ? `, ${say("live")}` : ""}</figcaption><div class="floor">${drawn(found, id, side)}</div></figure>`)}</div>
    <div class="two"><div class="filter"><b>${say("differs")}</b>${Object.entries(found.counts).map(([kind, count]) =>
      html`<button class="chip ${only === kind ? "on" : ""}" aria-pressed=${only === kind} @click=${() => { only = only === kind ? "" : kind; show(); }}>${kindWord(kind)} ${count}</button>`)}<span class="grow"></span>
      <button class="btn" @click=${() => keep(found.b)}>${say("keep-b")}</button><button class="btn" @click=${() => { state.compared = null; show(); }}>${say("close")}</button></div>
    <p class="same">${say("same-events", { n: found.same, t: moment(found.t) })}</p>
    <div class="cmps" tabindex="0" role="region" aria-label=${say("differs")}>${rows.map(([a, b]) => {
      const at = (a ?? b).t;
      const shown = at === t ? "" : moment(at);
      t = at;
      return html`<div class="cmp ${a && b && text(a) === text(b) ? "" : "differs"}">${half(a, "a")}<span class="t">${shown}</span>${half(b, "b")}</div>`;
    })}</div></div>`;
}

function drawn(found, id, side) {
  const screens = found.screens[id];
  const key = `${id} ${side}`;
  found.drawings ??= {};
  if (!found.drawings[key]) {
    const drawing = device({ drawing: parse(screens[side]) });
    for (const name of Object.values(screens.changed).flat()) drawing.querySelector(`[data-id="${CSS.escape(name)}"]`)?.classList.add("changed");
    for (const inner of drawing.querySelectorAll("[tabindex]")) inner.removeAttribute("tabindex");
    found.drawings[key] = drawing;
  }
  return found.drawings[key];
}

function half(entry, side) {
  if (!entry) return html`<span class="sd none ${side}"></span>`;
  const said = result(entry);
  return html`<span class="sd k-${entry.kind} ${ACTS.has(entry.kind) ? "act" : ""} ${side}"><i></i><span class="n">${entry.n}</span><span class="x">${text(entry)}</span><span class="r ${mood(said)}">${said}</span></span>`;
}
