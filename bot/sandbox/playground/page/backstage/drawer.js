// @ts-check
/** The drawer below: the promises with their switches, and what goes on behind the scenes. */

import { fill, h, set } from "../base/dom.js";
import { stored } from "../base/stored.js";
import { Lives } from "./lives.js";
import { Switches } from "./switches.js";
import { calls, history, orders, work } from "./tables.js";

const narrow = matchMedia("(width < 900px)");

/** The drawer. */
export class Drawer {
  /**
   * @param {import("../base/workspace.js").Workspace} workspace
   * @param {import("../base/wire.js").Wire} wire
   */
  constructor(workspace, wire) {
    this.workspace = workspace;
    this.switches = new Switches(workspace, wire);
    this.lives = new Lives(workspace);
    this.sheets = {
      lives: { title: "Gifts", part: this.lives, keys: ["gifts"] },
      work: { title: "Work waiting", part: work(workspace) },
      orders: { title: "Orders", part: orders(workspace) },
      history: { title: "History", part: history(workspace) },
      calls: { title: "Calls", part: calls(workspace) },
    };
    this.sheet = stored("sheet") ?? "lives";
    if (!(this.sheet in this.sheets)) this.sheet = "lives";
    this.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Behind the scenes" });
    this.body = h("div", { class: "sheet", role: "tabpanel", tabindex: 0 });
    this.tabs.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.walk(event));
    this.panels = {
      promises: this.panel("promises", "See the promises kept", [this.switches.element]),
      backstage: this.panel("backstage", "Behind the scenes", [this.tabs, this.body]),
    };
    this.element = h("aside", { class: "drawer", "aria-label": "Drawer" }, Object.values(this.panels));
    /** @type {Record<string, HTMLElement>} */
    this.toggles = {};
    this.open = new Set((stored("open") ?? "").split(" ").filter((name) => name in this.panels));
    this.turn(this.sheet);
    narrow.onchange = () => this.settle();
  }

  /** @param {string} name @param {string} title @param {HTMLElement[]} children */
  panel(name, title, children) {
    const away = h(
      "button",
      { type: "button", class: "icon", "aria-label": `Close ${title}`, on: { click: () => this.flip(name, false) } },
      "×",
    );
    return h(
      "section",
      { class: `panel panel-${name}`, id: `panel-${name}`, "aria-label": title },
      h("header", {}, h("h2", {}, title), away),
      children,
    );
  }

  /**
   * Makes the button that opens and closes a panel.
   * @param {string} name
   * @param {string} words
   * @param {string} short  where there is little room
   */
  toggle(name, words, short) {
    const labels = [h("span", { class: "long" }, words), h("span", { class: "short" }, short)];
    const button = h(
      "button",
      {
        type: "button",
        class: "drawer-toggle",
        "aria-controls": `panel-${name}`,
        "aria-label": words,
        on: { click: () => this.flip(name) },
      },
      labels,
    );
    this.toggles[name] = button;
    this.settle();
    return button;
  }

  /** @param {string} name */
  flip(name, isOpen = !this.isShown(name)) {
    this.open.delete(name);
    if (isOpen) this.open.add(name);
    stored("open", [...this.open].join(" "));
    this.settle();
    this.draw(new Set(["snapshot"]));
    if (!isOpen) this.toggles[name].focus();
    else if (narrow.matches) /** @type {HTMLElement} */ (this.panels[name].querySelector("button")).focus();
  }

  settle() {
    for (const [name, panel] of Object.entries(this.panels)) {
      panel.hidden = !this.isShown(name);
      if (this.toggles[name]) set(this.toggles[name], { "aria-expanded": String(this.isShown(name)) });
    }
    this.element.hidden = this.open.size === 0;
  }

  /** Where there is room, whatever is open; where there is little, what was opened last. @param {string} name */
  isShown(name) {
    return narrow.matches ? [...this.open].at(-1) === name : this.open.has(name);
  }

  /** @param {string} name */
  turn(name) {
    this.sheet = name;
    stored("sheet", name);
    fill(
      this.tabs,
      Object.entries(this.sheets).map(([id, { title }]) => this.tab(id, title)),
    );
    set(this.body, { "aria-label": this.sheets[name].title });
    fill(this.body, this.sheets[name].part.element);
    this.draw(new Set(["snapshot"]));
  }

  /** @param {string} id @param {string} title */
  tab(id, title) {
    const isNow = id === this.sheet;
    return h(
      "button",
      {
        type: "button",
        role: "tab",
        "aria-selected": String(isNow),
        tabindex: isNow ? 0 : -1,
        on: { click: () => this.turn(id) },
      },
      title,
    );
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const names = Object.keys(this.sheets);
    this.turn(names[(names.indexOf(this.sheet) + step + names.length) % names.length]);
    /** @type {HTMLElement | null} */ (this.tabs.querySelector("[aria-selected=true]"))?.focus();
  }

  /** @param {Set<string>} changes */
  draw(changes) {
    const all = changes.has("snapshot");
    if (this.open.has("promises") && (all || changes.has("switches"))) this.switches.draw();
    if (this.open.has("backstage") && (all || changes.has("backstage"))) this.sheets[this.sheet].part.draw();
  }
}
