// The device as it lies on the bench: its drawing, the card that stands in its slot, the paper that hangs out of its printer, and where a carried card may go.

import { asPicture, made, parse } from "./drawing.js";

const CARD = { long: 1.586, out: 86 }; // length to width (ISO 7810 ID-1), and how much of an inserted card is seen
const PAPER = 104; // how much of the paper is seen
const PADDING = 14;
const PARTS = { insert: "slot", "tap-card": "contactless", swipe: "stripe" };

// `shown` has drawing, and may have card (name, number, brand), receipt (svg) and carried (a card with its ways; `over` is the nearest).
export function device(shown) {
  const drawing = shown.drawing.cloneNode(true);
  const [, , wide, deep] = drawing.getAttribute("viewBox").split(" ").map(Number);
  for (const key of drawing.querySelectorAll("[data-key][role=button]")) if (!key.closest("[data-display]")) key.setAttribute("tabindex", "-1");
  const card = shown.card && cardIn(drawing, shown.card);
  const paper = shown.receipt && paperOut(drawing, shown.receipt);
  const top = paper ? PAPER : 0;
  const bottom = card || shown.carried ? CARD.out : 0;
  drawing.setAttribute("viewBox", `${-PADDING} ${-top - PADDING} ${wide + 2 * PADDING} ${deep + top + bottom + 2 * PADDING}`);
  drawing.removeAttribute("width");
  drawing.removeAttribute("height");
  drawing.classList.add("device");
  const shadow = drawing.querySelector("path").cloneNode();
  shadow.setAttribute("class", "shadow");
  drawing.prepend(...[paper, card, shadow].filter(Boolean));
  if (shown.carried) drawing.append(...zones(drawing, shown.carried));
  return drawing;
}

function boxOf(drawing, part) {
  const slit = drawing.querySelector(`[data-part=${part}] rect`);
  return slit && ["x", "y", "width", "height"].map((name) => Number(slit.getAttribute(name)));
}

function cardIn(drawing, card) {
  const slot = boxOf(drawing, "slot");
  if (!slot) return null;
  const [x, y, wide] = slot;
  const deep = wide * CARD.long;
  const top = y + CARD.out - deep + 12;
  return made("g", { class: "incard", "data-brand": card.brand, "aria-hidden": "true", transform: `translate(${x} ${top})` },
    made("rect", { width: wide, height: deep, rx: 11 }),
    written(16, deep - 38, 14, card.name, 600), written(16, deep - 16, 13, card.number));
}

function written(x, y, size, words, weight = 400) {
  const line = made("text", { x, y, "font-size": size, "font-weight": weight });
  line.textContent = words;
  return line;
}

// The end of the newest receipt; the printer is at the top.
function paperOut(drawing, receipt) {
  const slit = boxOf(drawing, "printer");
  if (!slit) return null;
  const [x, y, wide] = slit;
  const paper = asPicture(parse(receipt));
  const [, , across, long] = paper.getAttribute("viewBox").split(" ").map(Number);
  const seen = Math.min(long, (PAPER * across) / wide);
  paper.setAttribute("viewBox", `0 ${long - seen} ${across} ${seen}`);
  for (const [name, value] of Object.entries({ x, y: y + 2 - PAPER, width: wide, height: PAPER, class: "paper-out" })) paper.setAttribute(name, value);
  return paper;
}

// Where the carried card may go: by the parts of the drawing that take it, the nearest one solid.
function zones(drawing, carried) {
  const [, , , deep] = drawing.getAttribute("viewBox").split(" ").map(Number);
  return carried.ways.flatMap((way) => {
    const near = way === carried.over ? " near" : "";
    if (way === "tap-card") {
      const field = drawing.querySelector("[data-part=contactless] circle");
      if (!field) return [];
      const [cx, cy, r] = ["cx", "cy", "r"].map((name) => Number(field.getAttribute(name)));
      return [made("circle", { class: `drop${near}`, "data-way": way, cx, cy, r }), label(cx, cy - r + 28, carried.words[way])];
    }
    const slit = boxOf(drawing, PARTS[way]);
    if (!slit) return [];
    const [x, y, wide, tall] = slit;
    const upright = tall > wide;
    const low = !upright && y > deep / 2;
    const box = upright ? [x - 12, y, 30, tall] : [x, low ? y + 8 : y - 40, wide, low ? 60 : 40];
    const at = upright ? { transform: `translate(${x + 7} ${y + tall / 2}) rotate(90)` } : { transform: `translate(${x + wide / 2} ${box[1] + box[3] / 2 + 5})` };
    return [made("rect", { class: `drop${near}`, "data-way": way, x: box[0], y: box[1], width: box[2], height: box[3], rx: 8 }), label(0, 0, carried.words[way], at)];
  });
}

function label(x, y, words, more = {}) {
  const line = made("text", { class: "droptext", x, y, "text-anchor": "middle", ...more });
  line.textContent = words;
  return line;
}
