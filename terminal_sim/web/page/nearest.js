// The word of a list that is nearest to what was typed, by single changes; "" where none is near.

export function nearest(typed, words) {
  const far = Math.max(1, Math.floor(typed.length / 2));
  return words.map((word) => [changes(typed, word), word]).filter(([count]) => count <= far).sort(([a], [b]) => a - b)[0]?.[1] ?? "";
}

function changes(from, to) {
  let before = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const now = [i];
    for (let j = 1; j <= to.length; j++) now[j] = Math.min(before[j] + 1, now[j - 1] + 1, before[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1));
    before = now;
  }
  return before[to.length];
}
