// @ts-check
/** The work that waits, the orders, the history and the calls, as tables. */

import { h, keep } from "../base/dom.js";
import { dayTime, exactTime } from "./times.js";

/** @typedef {Record<string, any>} Json */
/** @typedef {import("../base/workspace.js").Workspace} Workspace */

/** A table whose rows are kept as long as nothing about them changes. */
class Table {
  /**
   * @param {() => Json[]} rows
   * @param {(row: Json) => string} keyOf
   * @param {string[]} titles
   * @param {(row: Json) => any[]} cells
   * @param {string} nothing  what to say while there are no rows
   */
  constructor(rows, keyOf, titles, cells, nothing) {
    Object.assign(this, { rows, keyOf, cells });
    this.empty = h("p", { class: "nothing" }, nothing);
    this.body = h("tbody", {});
    this.table = h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          titles.map((title) => h("th", { scope: "col" }, title)),
        ),
      ),
      this.body,
    );
    this.element = h("div", {}, this.empty, this.table);
    this.rows = rows;
    this.keyOf = keyOf;
    this.cells = cells;
  }

  draw() {
    const rows = this.rows();
    this.empty.hidden = rows.length > 0;
    this.table.hidden = rows.length === 0;
    keep(this.body, rows, this.keyOf, (row) =>
      h(
        "tr",
        {},
        this.cells(row).map((cell) => h("td", {}, cell)),
      ),
    );
  }
}

/** @param {Workspace} workspace */
export function work(workspace) {
  return new Table(
    () => workspace.backstage.work,
    (row) => String(row.id),
    ["Task", "About", "Due", "Tries", "Last answer"],
    (row) => [row.task, row.about, row.overdue ? badge("now") : exactTime(row.due_at), row.tries, row.note || "–"],
    "Nothing waits: the bot has done all that it has to do.",
  );
}

/** @param {Workspace} workspace */
export function orders(workspace) {
  return new Table(
    () => [...workspace.backstage.orders].reverse(),
    (row) => row.id,
    ["Order", "Value", "Made", "Key", "Asked", "Link", "Status"],
    (row) => [
      code(row.id),
      row.value,
      exactTime(row.made_at),
      code(row.key, 13),
      times(row.asked),
      code(row.link, 26),
      badge(row.status),
    ],
    "No order yet at the gift card service.",
  );
}

/** @param {Workspace} workspace */
export function history(workspace) {
  const name = (/** @type {string | null} */ id) => (id && workspace.users.get(id)?.real_name) || "giftbot";
  return new Table(
    () => [...workspace.backstage.history].reverse(),
    (row) => String(row.id),
    ["When", "Who", "Event", "What", "Gift", "Detail"],
    (row) => [
      dayTime(row.at),
      name(row.actor),
      code(row.event),
      row.sentence || "–",
      row.gift ? code(row.gift, 8) : "–",
      row.detail || "–",
    ],
    "Nothing has happened yet. Every line that is written here can never be changed.",
  );
}

/** @param {Workspace} workspace */
export function calls(workspace) {
  return new Table(
    () => [...workspace.backstage.calls].reverse(),
    (row) => String(row.number),
    ["When", "To", "Call", "Outcome", "With"],
    (row) => [
      exactTime(row.at),
      row.service === "slack" ? "Slack" : "gift cards",
      code(row.name),
      badge(row.outcome),
      folded(row.arguments),
    ],
    "The bot has not called anybody yet.",
  );
}

/** @param {any} words */
function badge(words) {
  return words == null ? "–" : h("span", { class: "badge", data: { state: String(words).toLowerCase() } }, words);
}

/** @param {string} text @param {number} [longest] */
function code(text, longest = 60) {
  const words = String(text ?? "–");
  return h("code", { title: words }, words.length > longest ? `${words.slice(0, longest)}…` : words);
}

/** @param {number} count */
function times(count) {
  return count === 1 ? "once" : `${count} times`;
}

/** @param {string} json */
function folded(json) {
  if (!json || json === "{}") return "–";
  return h("details", {}, h("summary", {}, h("code", {}, json)), h("pre", {}, json));
}
