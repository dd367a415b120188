// @ts-check
/** One message: who said it, when, its blocks or its text, and what can be done with it. */

import { appPicture, avatar } from "../base/avatar.js";
import { clockTime } from "../base/dates.js";
import { h } from "../base/dom.js";
import { openMenu } from "../base/menu.js";
import { showBlocks } from "../blocks/blockkit.js";
import { mrkdwn } from "../blocks/mrkdwn.js";
import { notice } from "./notice.js";
import { PersonSurface } from "./surface.js";

/**
 * Draws a message as somebody sees it; `isNext` when the one before is by the same author.
 * @param {Record<string, any>} message  as the playground tells of it
 * @param {import("./column.js").Column} column
 * @param {boolean} isNext
 */
export function drawMessage({ channel, ts, only_for: only, message }, column, isNext) {
  const name = column.people.person(message.user);
  const time = clockTime(ts);
  const trouble = notice();
  /** Said below the message, or where one writes if the message has changed meanwhile. @param {string} words */
  const complain = (words) => (trouble.element.isConnected ? trouble : column.room.composer.trouble).say(words);
  const body = h("div", { class: "message-body" });
  if (message.blocks?.length) showBlocks(body, message.blocks, new PersonSurface(column, { channel, ts }, complain));
  else body.append(h("div", { class: "block block-text" }, mrkdwn(message.text, column.people)));
  if (message.edited) body.append(h("span", { class: "edited" }, "(edited)"));
  const stamp = h("time", { class: "message-time", title: new Date(Number(ts) * 1000).toLocaleString() }, time);
  const head = h(
    "div",
    { class: "message-head" },
    h("strong", {}, name),
    message.bot_id && h("span", { class: "app-mark" }, "APP"),
    stamp,
  );
  return h(
    "article",
    {
      class: `message ${isNext ? "is-next" : ""} ${only ? "is-private" : ""}`,
      "aria-label": `${name}, ${time}`,
      data: { ts },
      tabindex: -1,
    },
    only && h("div", { class: "only-you" }, "Only visible to you"),
    h("div", { class: "message-side" }, isNext ? null : message.bot_id ? appPicture() : avatar(message.user, name)),
    h("div", { class: "message-main" }, isNext ? h("span", { class: "unseen" }, name) : head, body, trouble.element),
    !only && moreActions(column, channel, ts, complain),
  );
}

/** @param {import("./column.js").Column} column @param {string} channel @param {string} ts @param {(words: string) => void} complain */
function moreActions(column, channel, ts, complain) {
  const shortcuts = column.workspace.shortcuts.filter((shortcut) => shortcut.type === "message");
  if (!shortcuts.length) return null;
  const use = async (/** @type {string} */ id) => {
    const answer = await column.ask({ do: "shortcut", callback_id: id, channel, ts });
    complain(answer.ok ? "" : answer.say);
  };
  const entries = shortcuts.map((one) => ({
    text: one.name,
    hint: one.description,
    choose: () => use(one.callback_id),
  }));
  const open = (/** @type {MouseEvent} */ event) =>
    openMenu(/** @type {HTMLElement} */ (event.currentTarget), "More actions", entries);
  const button = h(
    "button",
    {
      type: "button",
      class: "icon",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      title: "More actions",
      on: { click: open },
    },
    "⋮",
  );
  return h("div", { class: "message-actions" }, button);
}
