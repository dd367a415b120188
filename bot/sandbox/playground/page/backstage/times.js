// @ts-check
/** Times as somebody reads them who wants to know how fast it was. */

/** @type {[string, number][]} */
const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
];
const exact = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const withDay = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** The time of day, to the second. @param {number} seconds */
export function exactTime(seconds) {
  return exact.format(seconds * 1000);
}

/** The time with its day. @param {number} seconds */
export function dayTime(seconds) {
  return withDay.format(seconds * 1000);
}

/** How much later something was. @param {number} before @param {number} after */
export function since(before, after) {
  const seconds = Math.max(0, after - before);
  for (const [unit, length] of UNITS) {
    if (seconds >= length) return `+${Math.round(seconds / length)} ${unit}`;
  }
  return `+${seconds < 10 ? seconds.toFixed(2) : Math.round(seconds)} s`;
}
