// @ts-check
/** Where somebody writes: Enter sends, and commands, people and channels are completed while they are typed. */

import { h, set } from "../base/dom.js";
import { Listbox } from "../base/listbox.js";
import { openMenu } from "../base/menu.js";
import { notice } from "./notice.js";

/** @typedef {import("../base/listbox.js").Choice} Choice */

/** The composer of one conversation. */
export class Composer {
  /**
   * @param {import("./column.js").Column} column
   * @param {Record<string, any>} channel
   */
  constructor(column, channel) {
    this.column = column;
    this.channel = channel.id;
    this.trouble = notice();
    this.hint = h("div", { class: "composer-hint", hidden: true });
    this.text = h("textarea", {
      rows: 1,
      "aria-label": `Message ${column.people.conversationName(channel.id)}`,
      placeholder: `Message ${column.people.conversationName(channel.id)}`,
      "data-home-of-focus": true,
    });
    this.listbox = new Listbox(this.text, "Suggestions", (choice) => this.complete(choice));
    this.send = h(
      "button",
      {
        type: "button",
        class: "icon send",
        "aria-label": "Send",
        title: "Send",
        disabled: true,
        on: { click: () => this.submit() },
      },
      "➤",
    );
    const bar = h(
      "div",
      { class: "composer-bar" },
      this.shortcuts(),
      h("span", { class: "composer-keys" }, "Enter sends"),
      this.send,
    );
    const box = channel.can_post
      ? h("div", { class: "composer-box" }, this.text, bar, this.listbox.element)
      : h("div", { class: "composer-box is-off" }, this.shortcuts(), h("span", {}, column.workspace.app.composer));
    this.element = h("div", { class: "composer" }, this.trouble.element, this.hint, box);
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("blur", () => this.listbox.close());
    this.text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
  }

  shortcuts() {
    const offered = this.column.workspace.shortcuts.filter((shortcut) => shortcut.type === "global");
    const use = async (/** @type {string} */ id) => {
      const answer = await this.column.ask({ do: "shortcut", callback_id: id });
      this.trouble.say(answer.ok ? "" : answer.say);
    };
    const entries = offered.map((one) => ({
      text: one.name,
      hint: one.description,
      choose: () => use(one.callback_id),
    }));
    const open = (/** @type {MouseEvent} */ event) =>
      openMenu(/** @type {HTMLElement} */ (event.currentTarget), "Shortcuts", entries);
    const isHome = { "data-home-of-focus": true };
    return h(
      "button",
      {
        type: "button",
        class: "icon",
        "aria-label": "Shortcuts",
        title: "Shortcuts",
        "aria-haspopup": "menu",
        ...isHome,
        on: { click: open },
      },
      "+",
    );
  }

  /**
   * Puts a line into the composer, for somebody to send.
   * @param {string} line
   */
  put(line) {
    this.text.value = line;
    this.text.focus();
    this.changed();
  }

  changed() {
    this.send.disabled = !this.text.value.trim();
    this.suggest();
  }

  suggest() {
    const before = this.text.value.slice(0, this.text.selectionStart);
    const command = this.column.workspace.commands.find((one) => this.text.value.startsWith(`${one.command} `));
    this.hint.hidden = !command;
    this.hint.textContent = command ? `${command.command} ${command.usage_hint ?? ""}` : "";
    const choices = this.choicesFor(before);
    const isWritten = choices.length === 1 && before.endsWith(choices[0].text);
    if (!choices.length || isWritten) this.listbox.close();
    else this.listbox.offer(choices, { at: this.text.parentElement ?? this.text });
  }

  /** @param {string} before @returns {Choice[]} */
  choicesFor(before) {
    const { workspace, people } = this.column;
    if (/^\/\S*$/.test(before)) {
      const fits = workspace.commands.filter((one) => one.command.startsWith(before));
      return fits.map((one) => ({ key: one.command, text: one.command, hint: one.description, value: before }));
    }
    const found = /(?:^|\s)([@#])([^\s@#]*)$/.exec(before);
    if (!found) return [];
    const [, sign, typed] = found;
    const all =
      sign === "@"
        ? people
            .everybody()
            .map((one) => ({ key: one.id, text: `@${one.real_name}`, hint: people.about(one.id), person: one.id }))
        : people
            .mine((one) => one.kind === "public" || one.kind === "private")
            .map((one) => ({ key: one.id, text: `#${one.name}`, hint: "" }));
    return all
      .filter((one) => one.text.slice(1).toLowerCase().startsWith(typed.toLowerCase()))
      .map((one) => ({ ...one, value: sign + typed }));
  }

  /** @param {Choice} choice */
  complete(choice) {
    const caret = this.text.selectionStart;
    const after = this.text.value.slice(caret).replace(/^ /, "");
    this.text.setRangeText(
      `${choice.text} `,
      caret - choice.value.length,
      this.text.value.length - after.length,
      "end",
    );
    this.listbox.close();
    this.changed();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const isTab = event.key === "Tab" && !event.shiftKey && this.listbox.isOpen;
    if (isTab) {
      event.preventDefault();
      this.complete(this.listbox.choices[this.listbox.active]);
    } else if (!this.listbox.key(event) && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    }
  }

  async submit() {
    const text = this.text.value.trim();
    if (!text) return;
    this.text.value = "";
    this.changed();
    set(this.element, { "aria-busy": "true" });
    const answer = await this.column.ask({ do: "types", channel: this.channel, text });
    set(this.element, { "aria-busy": null });
    this.trouble.say(answer.ok ? "" : answer.say);
    if (!answer.ok && !this.text.value) this.put(text);
  }
}
