// @ts-check
/** One field in which something is chosen by typing, with the arrow keys or the mouse. Pattern: WAI-ARIA APG, "Combobox". */

import { avatar } from "../base/avatar.js";
import { fill, h, set } from "../base/dom.js";
import { Listbox } from "../base/listbox.js";
import { described } from "./described.js";

/** @typedef {import("../base/listbox.js").Choice} Choice */

const PAUSE = 200; // milliseconds in which somebody may go on typing before the app is asked

/**
 * @typedef {object} Wanted
 * @property {import("./blockkit.js").Place} place
 * @property {Choice[]} chosen
 * @property {boolean} many
 * @property {number} most
 * @property {boolean} canClear
 * @property {boolean} isAsked  the app searches, and nothing is sifted here
 * @property {boolean} focus
 * @property {string} placeholder
 * @property {(typed: string) => Promise<Choice[]>} choices
 * @property {(chosen: Choice[]) => Promise<boolean>} changed  false when somebody thought better of it
 */

/** A field with a list. */
export class Combobox {
  /** @param {Wanted} wanted */
  constructor(wanted) {
    const { place, focus } = wanted;
    this.wanted = wanted;
    this.chosen = wanted.chosen;
    this.searches = 0;
    this.input = h("input", {
      ...described(place),
      id: place.id,
      class: "combobox-input",
      autocomplete: "off",
      spellcheck: "false",
      "data-autofocus": focus,
    });
    this.listbox = new Listbox(this.input, place.label ?? "", (choice) => this.choose(choice));
    this.tokens = h("span", { class: "tokens" });
    this.clear = h(
      "button",
      { type: "button", class: "combobox-clear", "aria-label": "Clear", on: { click: () => this.take([]) } },
      "×",
    );
    this.element = h(
      "div",
      { class: wanted.many ? "combobox control" : "combobox is-single control" },
      this.tokens,
      this.input,
      this.clear,
      this.listbox.element,
    );
    this.listen();
    this.show();
  }

  listen() {
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("click", () => this.search(this.wanted.many ? this.input.value : ""));
    this.input.addEventListener("blur", () => this.leave());
    this.input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element || event.target === this.tokens) this.input.focus();
    });
  }

  show() {
    const { many, canClear, placeholder } = this.wanted;
    if (many)
      fill(
        this.tokens,
        this.chosen.map((choice) => this.token(choice)),
      );
    this.input.value = many ? "" : (this.chosen[0]?.text ?? "");
    set(this.input, { placeholder: many && this.chosen.length ? null : placeholder });
    this.clear.hidden = many || !canClear || !this.chosen.length;
  }

  /** @param {Choice} choice */
  token(choice) {
    const drop = () => this.take(this.chosen.filter((one) => one !== choice));
    const remove = h("button", { type: "button", "aria-label": `Remove ${choice.text}`, on: { click: drop } }, "×");
    return h("span", { class: "token" }, choice.person && avatar(choice.person, choice.text), choice.text, remove);
  }

  /** @param {string} [typed] */
  async search(typed = this.input.value) {
    const { many, most, isAsked, choices } = this.wanted;
    const search = (this.searches += 1);
    if (isAsked) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (search !== this.searches) return;
    const offered = await choices(typed);
    if (search !== this.searches || document.activeElement !== this.input) return;
    const isFull = many && this.chosen.length >= most;
    const fits = isFull ? [] : offered.filter((choice) => this.fits(choice, typed));
    const otherwise = isFull ? `At most ${most} can be chosen` : isAsked && !typed ? "Type to search" : "Nothing found";
    this.listbox.offer(fits, { otherwise, at: this.element, first: this.chosen[0]?.key });
  }

  /** @param {Choice} choice @param {string} typed */
  fits(choice, typed) {
    const { many, isAsked } = this.wanted;
    if (many && this.chosen.some((one) => one.key === choice.key)) return false;
    const sought = typed.trim().replace(/^[@#]/, "").toLowerCase();
    return isAsked || `${choice.text} ${choice.hint}`.toLowerCase().includes(sought);
  }

  /** @param {Choice} choice */
  choose(choice) {
    this.take(this.wanted.many ? [...this.chosen, choice] : [choice]);
  }

  /** @param {Choice[]} chosen */
  async take(chosen) {
    const before = this.chosen;
    this.chosen = chosen;
    this.closed();
    this.show();
    this.input.focus();
    if (await this.wanted.changed(chosen)) return;
    this.chosen = before;
    this.show();
  }

  leave() {
    this.closed();
    this.show();
  }

  closed() {
    this.searches += 1;
    this.listbox.close();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const isEmpty = this.wanted.many && !this.input.value && this.chosen.length > 0;
    if (this.listbox.key(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.search(this.wanted.many ? this.input.value : "");
    } else if (event.key === "Enter") {
      event.preventDefault();
    } else if (event.key === "Backspace" && isEmpty) {
      this.take(this.chosen.slice(0, -1));
    }
  }
}
