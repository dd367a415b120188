// @ts-check
/** One person's Slack: their conversations, the one that is open, and what lies over it. */

import { avatar } from "../base/avatar.js";
import { fill, h } from "../base/dom.js";
import { Layers } from "../base/layers.js";
import { openMenu } from "../base/menu.js";
import { People } from "../base/people.js";
import { permalink } from "../blocks/links.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Home } from "./home.js";
import { Modals } from "./modal.js";
import { paneHead } from "./pane_head.js";
import { asked } from "./question.js";
import { Sidebar } from "./sidebar.js";

/** @typedef {Record<string, any>} Json */

/** The column of one person. */
export class Column {
  /**
   * @param {import("../base/workspace.js").Workspace} workspace
   * @param {import("../base/wire.js").Wire} wire
   * @param {Json} player
   * @param {(button: HTMLElement) => void} offerOthers  opens the menu of who could sit here instead
   */
  constructor(workspace, wire, player, offerOthers) {
    this.workspace = workspace;
    this.wire = wire;
    this.person = player.id;
    this.role = player.role;
    this.people = new People(workspace, player.id);
    this.name = this.people.person(player.id);
    this.channel = "";
    /** @type {Map<string, {conversation: Conversation, composer: Composer}>} */
    this.rooms = new Map();
    this.home = new Home(this);
    this.tab = "messages";
    this.sidebar = new Sidebar(this);
    this.main = h("div", { class: "pane" });
    this.screen = h("div", { class: "screen" }, this.sidebar.element, this.main);
    this.layers = new Layers(this.screen);
    this.modals = new Modals(this);
    const who = h(
      "button",
      { type: "button", class: "who", "aria-haspopup": "menu", on: { click: () => offerOthers(who) } },
      avatar(player.id, this.name),
      h("strong", {}, this.name),
      h("span", { class: "role" }, player.role),
      h("span", { class: "unseen" }, ", choose somebody else"),
    );
    const body = h("div", { class: "column-body" }, this.screen, this.layers.element);
    this.element = h(
      "section",
      { class: "column", "aria-label": `${this.name}, who ${player.role}`, data: { person: this.name }, tabindex: -1 },
      h("h2", { class: "column-head" }, who),
      body,
    );
    this.element.addEventListener("click", (event) => this.follow(event));
    this.open(this.firstChannel());
  }

  firstChannel() {
    const wanted = this.role === "asks" ? "public" : "app";
    return (this.people.mine((channel) => channel.kind === wanted)[0] ?? this.people.mine()[0]).id;
  }

  get channelNow() {
    return this.workspace.channels.get(this.channel) ?? {};
  }

  get room() {
    let room = this.rooms.get(this.channel);
    if (!room) {
      room = { conversation: new Conversation(this, this.channel), composer: new Composer(this, this.channelNow) };
      this.rooms.set(this.channel, room);
    }
    return room;
  }

  /** @param {string} channel @param {string} [tab] */
  open(channel, tab = "messages") {
    this.channel = channel;
    this.tab = tab;
    const isHome = tab === "home";
    const { conversation, composer } = this.room;
    fill(this.main, paneHead(this), isHome ? this.home.element : [conversation.element, composer.element]);
    if (isHome) this.home.open();
    else conversation.isAtEnd = true;
    this.draw();
  }

  /** @param {string} tab */
  turn(tab) {
    this.open(this.channel, tab);
    /** @type {HTMLElement | null} */ (this.main.querySelector(`[data-tab=${tab}]`))?.focus();
  }

  /** It is another day: what was today is yesterday. */
  dawn() {
    for (const { conversation } of this.rooms.values()) conversation.forget();
  }

  /** Brings everything up to date; what has not changed is not drawn again. */
  draw() {
    if (this.tab === "home") this.home.draw();
    else this.readTo(this.room.conversation.draw());
    this.sidebar.draw();
    this.modals.draw();
  }

  /** Tells that the person has read to here, if it really is before their eyes. @param {string | undefined} ts */
  readTo(ts) {
    const isSeen = document.visibilityState === "visible" && this.element.checkVisibility();
    if (!ts || !isSeen || !this.workspace.unread(this.person, this.channel)) return;
    this.workspace.take({ is: "read", user: this.person, channel: this.channel, ts });
    this.ask({ do: "reads", channel: this.channel, ts });
  }

  /** Everything unread of this person. */
  get unread() {
    return this.people.mine().reduce((sum, channel) => sum + this.workspace.unread(this.person, channel.id), 0);
  }

  /** @param {Json} command */
  ask(command) {
    return this.wire.ask({ as: this.person, ...command });
  }

  /** @param {Json} question */
  confirm(question) {
    return asked(this.layers, question, this.people);
  }

  /** Goes to a message of this workspace, and leaves every other link to the browser. @param {MouseEvent} event */
  follow(event) {
    const link = /** @type {HTMLElement} */ (event.target).closest("a");
    const place = link && permalink(link.href);
    if (!place) return;
    event.preventDefault();
    const mine = this.people.mine((channel) => channel.id === place.channel).length > 0;
    if (mine && !this.screen.inert) this.open(place.channel);
    const found = mine && this.room.conversation.show(place.ts);
    if (!found) this.room.composer.trouble.say(`${this.name} cannot see that message.`);
  }

  focus() {
    const top = this.layers.element.lastElementChild?.firstElementChild;
    /** @type {HTMLElement} */ (top ?? this.screen.querySelector("[data-home-of-focus]") ?? this.element).focus();
  }
}
