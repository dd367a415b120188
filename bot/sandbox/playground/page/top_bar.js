// @ts-check
/** The line on top: how the bot is, what time it is, and the ways behind the scenes. */

import { fill, h, set } from "./base/dom.js";
import { isDark, turnTheme } from "./base/theme.js";

const MINUTE = 60_000;
const KEYS = [
  ["F6, Shift F6", "the next person, the one before"],
  ["Alt 1, 2, 3", "that person"],
  ["Enter", "send, submit, choose"],
  ["Esc", "close a modal, a question, a menu"],
  ["Arrows", "walk through menus, lists and tabs"],
];

/** The top bar. */
export class TopBar {
  /**
   * @param {import("./base/workspace.js").Workspace} workspace
   * @param {import("./backstage/drawer.js").Drawer} drawer
   */
  constructor(workspace, drawer) {
    this.workspace = workspace;
    this.bot = h("span", { class: "bot", role: "status" });
    this.clock = h("time", { class: "clock" });
    const theme = h("button", { type: "button", class: "icon", on: { click: () => (turnTheme(), named()) } }, "◐");
    const named = () =>
      set(theme, {
        "aria-label": isDark() ? "Light colours" : "Dark colours",
        title: isDark() ? "Light colours" : "Dark colours",
      });
    named();
    matchMedia("(prefers-color-scheme: dark)").onchange = named;
    this.element = h(
      "header",
      { class: "top-bar" },
      h(
        "h1",
        {},
        h("img", { src: "/page/icon.svg", alt: "", width: 22, height: 22 }),
        h("span", { class: "brand" }, "giftbot playground"),
      ),
      this.bot,
      this.clock,
      h("span", { class: "spring" }),
      drawer.toggle("promises", "See the promises kept", "Promises"),
      drawer.toggle("backstage", "Behind the scenes", "Scenes"),
      keys(),
      theme,
    );
    clearInterval(TopBar.ticking);
    TopBar.ticking = setInterval(() => this.drawClock(), MINUTE / 6);
  }

  /** @type {ReturnType<typeof setInterval> | undefined} */
  static ticking;

  /** @param {Set<string>} changes */
  draw(changes) {
    if (changes.has("clock") || changes.has("snapshot")) this.drawClock();
    if (!changes.has("bot") && !changes.has("snapshot")) return;
    const { state, say, pid } = this.workspace.bot;
    set(this.bot, { "data-state": state, title: pid ? `process ${pid}` : null });
    fill(this.bot, h("span", { class: "dot", "aria-hidden": "true" }), h("span", { class: "bot-says" }, say || state));
  }

  drawClock() {
    const time = this.workspace.now();
    const days = Math.round(this.workspace.clock.ahead / 86_400);
    const words = new Intl.DateTimeFormat(undefined, {
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "numeric",
      minute: "2-digit",
    }).format(time);
    fill(this.clock, words, days > 0 && h("span", { class: "ahead" }, `+${days} ${days === 1 ? "day" : "days"}`));
  }
}

function keys() {
  const rows = KEYS.flatMap(([key, what]) => [h("dt", {}, key), h("dd", {}, what)]);
  const card = h(
    "div",
    { class: "keys", popover: "auto", id: "keys", role: "dialog", "aria-label": "Keyboard" },
    h("h2", {}, "Keyboard"),
    h("dl", {}, rows),
  );
  return h(
    "span",
    {},
    h(
      "button",
      { type: "button", class: "icon", popovertarget: "keys", "aria-label": "Keyboard help", title: "Keyboard" },
      "?",
    ),
    card,
  );
}
