// Virtual time as a person reads it. Moments and durations are microseconds.

export const SECOND = 1e6;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

const two = (number) => String(number).padStart(2, "0");

// The time since the bench began.
export function moment(micros) {
  const ms = Math.floor(micros / 1000);
  const [h, m, s] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
  const rest = `.${String(ms % 1000).padStart(3, "0")}`;
  if (h) return `${h}:${two(m)}:${two(s)}${rest}`;
  return m ? `${m}:${two(s)}${rest}` : `${s}${rest}`;
}

// A jump of the clock.
export function duration(micros) {
  if (micros >= HOUR) {
    const minutes = Math.floor(micros / MINUTE) % 60;
    return `+${Math.floor(micros / HOUR)} h${minutes ? ` ${minutes} min` : ""}`;
  }
  return micros >= MINUTE ? `+${Math.floor(micros / MINUTE)} min` : `+${(micros / SECOND).toFixed(3)} s`;
}

// The same in the space of a picture's label.
export function shortly(micros) {
  if (micros >= HOUR) return `${Math.round(micros / HOUR)} h`;
  return micros >= MINUTE ? `${Math.round(micros / MINUTE)} min` : `${(micros / SECOND).toFixed(1)} s`;
}

const UNITS = { ms: 1000, s: SECOND, min: MINUTE, h: HOUR, d: 24 * HOUR };

// A duration as scripts write it, such as 1h30min; NaN where it is none.
export function parsed(text) {
  if (!/^(\d+(\.\d+)?(ms|s|min|h|d))+$/.test(text)) return NaN;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|min|h|d)/g)].reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit], 0);
}
