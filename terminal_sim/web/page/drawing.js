// A drawing from the server becomes part of the page: parsed as XML, of known elements and attributes alone, never as HTML.

const ELEMENTS = new Set(["svg", "g", "path", "rect", "circle", "text", "title", "line"]);
const ATTRIBUTES = new Set([
  "viewBox", "width", "height", "x", "y", "rx", "cx", "cy", "r", "d", "fill", "stroke", "stroke-width", "stroke-linecap", "transform", "font-size", "font-family",
  "font-weight", "text-anchor", "role", "tabindex", "aria-label", "data-id", "data-key", "data-part", "data-display", "data-state", "lang", "xml:space",
]);
const SVG = "http://www.w3.org/2000/svg";

const policy = window.trustedTypes?.createPolicy("terminal-sim-drawing", { createHTML: (text) => text });

export function parse(text) {
  const found = new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "image/svg+xml").documentElement;
  return copied(found);
}

function copied(node) {
  if (node.namespaceURI !== SVG || !ELEMENTS.has(node.localName)) return null;
  const made = document.createElementNS(SVG, node.localName);
  for (const { name, value } of node.attributes) if (ATTRIBUTES.has(name)) made.setAttribute(name, value);
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) made.append(child.data);
    else if (child.nodeType === Node.ELEMENT_NODE) {
      const inner = copied(child);
      if (inner) made.append(inner);
    }
  }
  return made;
}

export function made(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// A picture shows and takes nothing: its keys are none, and a screen reader passes it by.
export function asPicture(drawing) {
  for (const inner of drawing.querySelectorAll("[role], [tabindex], [aria-label]")) for (const name of ["role", "tabindex", "aria-label"]) inner.removeAttribute(name);
  drawing.querySelector("title")?.remove();
  drawing.setAttribute("aria-hidden", "true");
  return drawing;
}

// The first display of a drawn device by itself, as a small picture.
export function firstDisplay(device) {
  const display = device.querySelector("[data-display]")?.cloneNode(true);
  const glass = display?.querySelector("rect");
  if (!glass) return asPicture(device.cloneNode(true));
  display.removeAttribute("transform");
  const [wide, deep] = [glass.getAttribute("width"), glass.getAttribute("height")];
  return asPicture(made("svg", { viewBox: `0 0 ${wide} ${deep}`, "font-family": device.getAttribute("font-family"), lang: device.getAttribute("lang") }, display));
}
