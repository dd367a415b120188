// @ts-check
/** The columns side by side, or one at a time on a narrow screen, and who sits in each. */

import { avatar } from "../base/avatar.js";
import { fill, h, set } from "../base/dom.js";
import { openMenu } from "../base/menu.js";
import { Column } from "./column.js";

/** @typedef {Record<string, any>} Json */

const SEATS = 3;

/** All columns. */
export class Desks {
  /**
   * @param {import("../base/workspace.js").Workspace} workspace
   * @param {import("../base/wire.js").Wire} wire
   * @param {any} before  the desks before the line was lost: the same people sit where they sat
   */
  constructor(workspace, wire, before) {
    this.workspace = workspace;
    this.wire = wire;
    const known = (before?.columns ?? []).filter((column) =>
      workspace.players.some((player) => player.id === column.person),
    );
    const players = known.length
      ? known.map((column) => this.player(column.person))
      : workspace.players.slice(0, SEATS);
    this.columns = players.map((player) => this.column(player));
    known.forEach(
      (column, at) => workspace.channels.has(column.channel) && this.columns[at].open(column.channel, column.tab),
    );
    this.active = Math.min(before?.active ?? 0, this.columns.length - 1);
    this.row = h(
      "div",
      { class: "columns" },
      this.columns.map((column) => column.element),
    );
    this.tabs = h("nav", { class: "people-tabs", "aria-label": "Whose screen" });
    this.element = h("main", { class: "desks" }, this.row, this.tabs);
    this.element.addEventListener("focusin", (event) => this.activeIs(event));
    document.onkeydown = (event) => this.key(event);
    this.showActive();
  }

  /** @param {string} id */
  player(id) {
    return this.workspace.players.find((player) => player.id === id);
  }

  /** @param {Json} player */
  column(player) {
    const column = new Column(this.workspace, this.wire, player, (button) => this.offer(button, column));
    return column;
  }

  /** @param {HTMLElement} button @param {Column} column */
  offer(button, column) {
    const others = this.workspace.players.filter((player) => player.id !== column.person);
    const entries = others.map((player) => {
      const name = column.people.person(player.id);
      return {
        text: name,
        hint: player.role,
        choose: () => this.seat(this.columns.indexOf(column), player.id).focus(),
      };
    });
    openMenu(button, `Instead of ${column.name}`, entries);
  }

  /** Lets somebody sit in a column; who sat there takes their place if they had one. @param {number} at @param {string} id */
  seat(at, id) {
    const other = this.columns.findIndex((column) => column.person === id);
    const leaving = this.columns[at];
    leaving.modals.shut();
    this.columns[at] = other < 0 ? this.column(this.player(id)) : this.columns[other];
    if (other >= 0) this.columns[other] = this.column(this.player(leaving.person));
    fill(
      this.row,
      this.columns.map((column) => column.element),
    );
    this.active = at;
    this.showActive();
    return this.columns[at];
  }

  /** Brings somebody's column before the eyes. @param {string} id */
  show(id) {
    const at = this.columns.findIndex((column) => column.person === id);
    if (at < 0) return this.seat(this.active, id);
    this.active = at;
    this.showActive();
    return this.columns[at];
  }

  showActive() {
    this.columns.forEach((column, at) => column.element.classList.toggle("is-active", at === this.active));
    this.draw();
  }

  draw() {
    const today = this.workspace.now().toDateString();
    if (today !== this.today) for (const column of this.columns) column.dawn();
    this.today = today;
    for (const column of this.columns) column.draw();
    this.drawTabs();
  }

  drawTabs() {
    const now = this.columns[this.active].person;
    const tabs = this.workspace.players.map((player) => {
      const name = this.workspace.users.get(player.id)?.real_name ?? player.id;
      const unread = this.unread(player.id);
      return { id: player.id, name, unread, isNow: player.id === now };
    });
    const key = JSON.stringify(tabs);
    if (key === this.tabsShown) return;
    this.tabsShown = key;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement?.closest(".people-tabs button"))?.dataset
      .id;
    fill(
      this.tabs,
      tabs.map((tab) => this.tab(tab)),
    );
    if (focused) /** @type {HTMLElement | null} */ (this.tabs.querySelector(`[data-id="${focused}"]`))?.focus();
  }

  /** @param {{id: string, name: string, unread: number, isNow: boolean}} tab */
  tab({ id, name, unread, isNow }) {
    const news = unread > 0 && h("span", { class: "unseen" }, ` ${unread} unread`);
    const button = h(
      "button",
      { type: "button", data: { id }, on: { click: () => this.show(id) } },
      avatar(id, name),
      h("span", {}, name),
      news,
    );
    set(button, { "aria-current": isNow ? "true" : null, class: unread ? "is-unread" : "" });
    return button;
  }

  /** @param {string} person */
  unread(person) {
    const channels = [...this.workspace.channels.values()].filter((channel) => channel.members.includes(person));
    return channels.reduce((sum, channel) => sum + this.workspace.unread(person, channel.id), 0);
  }

  /** @param {FocusEvent} event */
  activeIs(event) {
    const at = this.columns.findIndex((column) => column.element.contains(/** @type {Node} */ (event.target)));
    if (at < 0 || at === this.active) return;
    this.active = at;
    this.showActive();
  }

  /** F6 goes on to the next column, Alt with a number to that one. @param {KeyboardEvent} event */
  key(event) {
    const number = event.altKey && /^Digit([1-9])$/.exec(event.code);
    const count = this.columns.length;
    const next =
      event.key === "F6"
        ? (this.active + (event.shiftKey ? count - 1 : 1)) % count
        : number
          ? Number(number[1]) - 1
          : -1;
    if (next < 0 || next >= count) return;
    event.preventDefault();
    this.active = next;
    this.showActive();
    this.columns[next].focus();
  }
}
