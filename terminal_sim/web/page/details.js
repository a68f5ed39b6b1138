// One event with all that it says: its chain of causes, its fields, and its bytes with what they are.

import { html, nothing } from "./vendor/lit-html.js";
import { brief } from "./timeline.js";
import { say } from "./words.js";

const ABOUT = new Set(["n", "cause", "t", "wall", "terminal", "kind", "bytes", "text"]);

export function details(entry, cause, light, lit) {
  if (!entry) return html`<p class="empty">${say("noDetail")}</p>`;
  const fields = Object.entries(entry).filter(([name, value]) => !ABOUT.has(name) && value !== "");
  return html`
    <p class="why">${cause && cause.n !== entry.n ? html`<span>${brief(cause)}</span> › ` : nothing}<b>${brief(entry)}</b>
      <span class="muted">${entry.wall.slice(11)} · ${entry.terminal}</span></p>
    ${fields.map(([name, value]) => html`<div class="f"><span class="tag">${name}</span><span class="v">${value}</span></div>`)}
    ${entry.text ? html`<pre class="screen">${entry.text}</pre>` : nothing}
    ${(entry.bytes || []).map((each, at) => bytes(each, at, light, lit))}`;
}

function bytes(each, at, light, lit) {
  return html`<div class="split"><div>
      <p class="dir">${each.name} <span class="muted">${each.hex.length / 2} ${say("bytes")}</span></p>
      ${each.parts.map((one) => part(one, at, 0, light, lit))}
    </div><p class="hex">${pairs(each.hex).map((pair, index) =>
      html`<span class=${lit && lit.at === at && index >= lit.first && index < lit.end ? "on" : ""}>${pair}</span> `)}</p></div>`;
}

function part(one, at, depth, light, lit) {
  const on = lit && lit.at === at && lit.first === one.first && lit.end === one.end;
  return html`<button class="f ${on ? "on" : ""}" .style=${`padding-left:${12 + depth * 12}px`} @click=${() => light({ at, first: one.first, end: one.end })}>
      <span class="tag">${one.tag}</span><span>${one.name}</span><span class="v">${one.parts.length ? "" : one.value}</span></button>
    ${one.parts.map((inner) => part(inner, at, depth + 1, light, lit))}`;
}

// A hidden byte is written as two dots.
function pairs(hex) {
  return hex.match(/../gu) || [];
}
