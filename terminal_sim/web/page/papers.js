// The receipts of the chosen terminal: as they are printed, as text, as a picture.

import { html, nothing } from "./vendor/lit-html.js";
import { line } from "./acts.js";
import { parse } from "./drawing.js";
import { save } from "./files.js";
import { menuAt } from "./menu.js";
import { show, state } from "./state.js";
import { say } from "./words.js";

let as = "paper";

export function receipts() {
  if (!state.receipts.length) return html`<p class="empty">${say("no-receipt")}</p>`;
  return html`<p class="foot"><span class="seg" role="group" aria-label=${say("receipts")}>${["paper", "text"].map((one) =>
      html`<button aria-pressed=${as === one} @click=${() => { as = one; show(); }}>${say(`as-${one}`)}</button>`)}</span><span class="grow"></span></p>
    <div class="papers">${[...state.receipts].reverse().map(paper)}</div>`;
}

function paper(each) {
  each.drawing ??= each.svg ? parse(each.svg) : null;
  return html`<figure><figcaption>${say(`copy-${each.copy}`)} <button class="btn slim" @click=${() => save(each.text, `receipt-${each.n}.txt`)}>${say("as-text")}</button>
      ${each.svg ? html`<button class="btn slim" @click=${() => save(new Blob([each.svg], { type: "image/svg+xml" }), `receipt-${each.n}.svg`)}>SVG</button>` : nothing}</figcaption>
    ${as === "paper" && each.drawing ? html`<div class="paper" @contextmenu=${(event) => about(event, each)}>${each.drawing}</div>` : html`<pre class="paper" @contextmenu=${(event) => about(event, each)}>${each.text}</pre>`}</figure>`;
}

// Expecting a line of the paper that was pressed.
function about(event, each) {
  const words = (event.target.closest("text")?.textContent ?? String(getSelection())).trim();
  if (!words) return;
  event.preventDefault();
  const said = `expect receipt ${JSON.stringify(words)} copy=${each.copy}`;
  menuAt(event.clientX, event.clientY, [{ label: said, act: () => line(said) }], say("expect-this"));
}
