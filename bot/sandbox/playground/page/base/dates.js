// @ts-check
/** Slack's `<!date^…>`: a time as its reader would say it. Source: docs.slack.dev, "Date formatting". */

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const FORMATS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};
const DAY = 86_400_000;

/**
 * Writes a time in one of Slack's formats, such as `{date_short_pretty} {time}`.
 * @param {number} seconds since 1970
 * @param {string} format
 * @param {Date} now
 */
export function written(seconds, format, now) {
  const time = new Date(seconds * 1000);
  return format.replace(/\{(\w+)\}/g, (whole, name) => {
    const plain = name.replace(/_pretty$/, "");
    if (name === "ago") return ago(time, now);
    if (!FORMATS[plain]) return whole;
    return (plain !== name && nearDay(time, now)) || new Intl.DateTimeFormat(undefined, FORMATS[plain]).format(time);
  });
}

/**
 * Writes the time of day of a message's ts or of seconds since 1970.
 * @param {string | number} ts
 */
export function clockTime(ts) {
  return new Intl.DateTimeFormat(undefined, FORMATS.time).format(Number(ts) * 1000);
}

/**
 * Names the day of a message's ts: today, yesterday, or its date.
 * @param {string | number} ts
 * @param {Date} now
 */
export function dayOf(ts, now) {
  const time = new Date(Number(ts) * 1000);
  const near = nearDay(time, now);
  if (near) return near[0].toUpperCase() + near.slice(1);
  return new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" }).format(time);
}

/** @param {Date} time @param {Date} now */
function nearDay(time, now) {
  const days = Math.round((midnight(time) - midnight(now)) / DAY);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[String(days)];
}

/** @param {Date} time */
function midnight(time) {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}

/** @param {Date} time @param {Date} now */
function ago(time, now) {
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  const seconds = (time.getTime() - now.getTime()) / 1000;
  for (const [unit, length] of /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ])) {
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  }
  return relative.format(Math.round(seconds), "second");
}
