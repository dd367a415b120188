// @ts-check
/** The conversations of one person, with a mark on those that have something unread. */

import { h, set } from "../base/dom.js";

const SIGNS = { public: "#", private: "🔒", app: "🎁", self: "✎" };

/** The sidebar of one column. */
export class Sidebar {
  /** @param {import("./column.js").Column} column */
  constructor(column) {
    this.column = column;
    const all = column.people.mine();
    this.entries = all.map((channel) => this.entry(channel));
    const group = (/** @type {string} */ title, /** @type {string[]} */ kinds) => {
      const entries = this.entries.filter(({ channel }) => kinds.includes(channel.kind));
      return (
        entries.length > 0 &&
        h(
          "div",
          { class: "sidebar-group" },
          h("h3", {}, title),
          entries.map(({ button }) => button),
        )
      );
    };
    this.element = h(
      "nav",
      { class: "sidebar", "aria-label": `Conversations of ${column.name}` },
      group("Channels", ["public", "private"]),
      group("Apps", ["app"]),
      group("Direct messages", ["self"]),
    );
  }

  /** @param {Record<string, any>} channel */
  entry(channel) {
    const name = channel.kind === "self" ? this.column.people.conversationName(channel.id) : channel.name;
    const [count, unread] = [
      h("span", { class: "unread", hidden: true }),
      h("span", { class: "unseen", hidden: true }, " unread"),
    ];
    const button = h(
      "button",
      { type: "button", data: { channel: channel.id }, on: { click: () => this.column.open(channel.id) } },
      h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[channel.kind]),
      h("span", { class: "sidebar-name" }, name),
      count,
      unread,
    );
    return { channel, button, marks: [count, unread] };
  }

  draw() {
    const { workspace, person, channel: open } = this.column;
    for (const { channel, button, marks } of this.entries) {
      const unread = workspace.unread(person, channel.id);
      const [count] = marks;
      for (const mark of marks) mark.hidden = unread === 0;
      if (count.textContent !== String(unread)) count.textContent = String(unread);
      set(button, { "aria-current": channel.id === open ? "page" : null });
      button.classList.toggle("is-unread", unread > 0);
    }
  }
}
