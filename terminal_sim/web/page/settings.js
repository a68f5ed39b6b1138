// What a person has set for this page on this machine: language, theme, single letters as keys, sizes. Nothing of a bench is kept here.

const PLACE = "terminal-sim.page";

function read() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) ?? {};
  } catch {
    return {};
  }
}

const kept = read();

export const setting = (name, otherwise) => kept[name] ?? otherwise;

export function set(name, value) {
  kept[name] = value;
  try {
    localStorage.setItem(PLACE, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
}
