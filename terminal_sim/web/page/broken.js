// The rules that what was done at the terminal has broken, and for one of them from which line on nothing kept it from that.

import { html, nothing } from "./vendor/lit-html.js";
import { refuse } from "./acts.js";
import { bench } from "./bench.js";
import { show, state } from "./state.js";
import { say } from "./words.js";

// What is known of a terminal; that of another one is of no account here.
const of = (id) => (state.broken.of === id ? state.broken : { of: id });

export function broken() {
  const { rules, turning, asking } = of(state.chosen);
  return html`<p class="foot"><button class="btn" ?disabled=${asking} @click=${() => ask("broken", "rules")}>${say(asking ? "broken-asking" : "broken-ask")}</button></p>
    ${rules ? (rules.length ? listed(rules, asking) : html`<p class="empty">${say("broken-none")}</p>`) : html`<p class="empty">${say("broken-how")}</p>`}
    ${turning ? points(turning) : nothing}`;
}

function listed(rules, asking) {
  return html`<table class="rowtable wraps"><thead><tr><th scope="col">${say("broken-rule")}</th><th scope="col">${say("broken-what")}</th></tr></thead>
    <tbody>${rules.map((each) => html`<tr><td><button class="link" ?disabled=${asking} title=${say("broken-why")} @click=${() => ask(`why/${each.code}`, "turning")}>${each.code}</button></td><td>${each.sentence}: ${each.detail}</td></tr>`)}</tbody></table>`;
}

function points({ alarm, points: all, from }) {
  return html`<table class="rowtable wraps"><caption>${alarm.code}: ${say("broken-points")}</caption><thead><tr><th scope="col">${say("broken-line")}</th><th scope="col">${say("broken-times")}</th><th scope="col"><span class="said">${say("more")}</span></th></tr></thead>
    <tbody>${all.map((each, index) => html`<tr><td><code>${each.line || say("broken-begin")}</code></td><td class=${each.failed === each.tries ? "bad" : ""}>${each.failed} / ${each.tries}</td><td>${index === from ? html`<b class="bad">${say("broken-late")}</b>` : nothing}</td></tr>`)}</tbody></table>`;
}

// Asks for one of the two, which takes a while; what is asked again later is of what was done until then.
async function ask(what, name) {
  const id = state.chosen;
  state.broken = { ...of(id), turning: null, asking: true };
  show();
  try {
    const found = await bench.get(`/terminals/${id}/${what}`);
    state.broken = { ...of(id), [name]: found, asking: false };
  } catch (wrong) {
    state.broken = { ...of(id), asking: false };
    refuse(wrong.message);
  }
  show();
}
