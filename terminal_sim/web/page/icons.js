// The icons of the page: lines of one width on a field of 16.

import { html } from "./vendor/lit-html.js";

const LINES = {
  pause: "M5.5 3.5v9M10.5 3.5v9",
  run: "M5 3.2v9.6l7.4-4.8z",
  next: "M3.5 3.5l6 4.5-6 4.5zM12.5 3.5v9",
  jump: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 5v3l2 1.5",
  share: "M8 10V2.5M5 5l3-2.7L11 5M3 8.5V13h10V8.5",
  theme: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 2.5v11M8 5.5l4.6-.2M8 8h5.5M8 10.5l4.6.2",
  help: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M6.3 6.2A1.8 1.8 0 1 1 8 8.4v.8M8 11.4v.01",
  insert: "M8 2v7.5M5 6.7l3 3 3-3M2.5 13.2h11",
  "tap-card": "M4 6.4a3.4 3.4 0 0 1 0 3.2M6.7 4.8a6.6 6.6 0 0 1 0 6.4M9.4 3.2a9.8 9.8 0 0 1 0 9.6",
  swipe: "M2.5 3v10M5.5 8h8M10.7 5l3 3-3 3",
  find: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.5 10.5L14 14",
  plus: "M8 3.5v9M3.5 8h9",
  all: "M1.5 4.5a1 1 0 0 1 1-1h1.4a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H2.5a1 1 0 0 1-1-1zM6.3 4.5a1 1 0 0 1 1-1h1.4a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H7.3a1 1 0 0 1-1-1zM11.1 4.5a1 1 0 0 1 1-1h1.4a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-1.4a1 1 0 0 1-1-1z",
  device: "M6.5 2h3A1.5 1.5 0 0 1 11 3.5v9A1.5 1.5 0 0 1 9.5 14h-3A1.5 1.5 0 0 1 5 12.5v-9A1.5 1.5 0 0 1 6.5 2M7.5 12h1",
  cards: "M2.7 4.5h7.6a1.2 1.2 0 0 1 1.2 1.2v5.1a1.2 1.2 0 0 1-1.2 1.2H2.7a1.2 1.2 0 0 1-1.2-1.2V5.7a1.2 1.2 0 0 1 1.2-1.2M4.5 2.8h9a1 1 0 0 1 1 1v6",
  timeline: "M2.5 4h11M2.5 8h11M2.5 12h7",
  detail: "M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5",
  camera: "M2.5 5h2.3l1-1.6h4.4l1 1.6h2.3v8h-11zM8 6.6a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6",
  left: "M9.5 4L5.5 8l4 4",
  right: "M6.5 4l4 4-4 4",
  more: "M4 8h.01M8 8h.01M12 8h.01",
  close: "M4 4l8 8M12 4l-8 8",
  keypad: "M4 4h.01M8 4h.01M12 4h.01M4 8h.01M8 8h.01M12 8h.01M4 12h.01M8 12h.01M12 12h.01",
};

export const icon = (name) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${LINES[name]}/></svg>`;
