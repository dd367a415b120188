// @ts-check
/** What stands over a conversation: its name, how many are in it, and an app's two tabs. */

import { h } from "../base/dom.js";

const TABS = { home: "Home", messages: "Messages" };

/**
 * Draws the head of the conversation that is open in a column.
 * @param {import("./column.js").Column} column
 */
export function paneHead(column) {
  const { kind, members = [], name } = column.channelNow;
  if (kind === "app") return h("div", { class: "pane-head" }, h("h3", {}, name), tabs(column, name));
  const people = members.filter((id) => !column.workspace.users.get(id)?.is_bot).length;
  const count = kind !== "self" && h("span", { class: "count" }, `${people} people`);
  return h("div", { class: "pane-head" }, h("h3", {}, column.people.conversationName(column.channel)), count);
}

/** @param {import("./column.js").Column} column @param {string} name */
function tabs(column, name) {
  const walk = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    column.turn(column.tab === "home" ? "messages" : "home");
  };
  const drawn = Object.entries(TABS).map(([id, words]) => {
    const isNow = column.tab === id;
    const look = { type: "button", role: "tab", "aria-selected": String(isNow), tabindex: isNow ? 0 : -1 };
    return h("button", { ...look, data: { tab: id }, on: { click: () => column.turn(id) } }, words);
  });
  return h("div", { class: "tabs", role: "tablist", "aria-label": name, on: { keydown: walk } }, drawn);
}
