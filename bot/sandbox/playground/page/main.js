// @ts-check
/** The page: one wire to the playground, one workspace, and everything that shows it. Begin to read here. */

import { Drawer } from "./backstage/drawer.js";
import { Guide } from "./backstage/guide.js";
import { fill, h } from "./base/dom.js";
import { keepTheme } from "./base/theme.js";
import { Wire } from "./base/wire.js";
import { Workspace } from "./base/workspace.js";
import { Desks } from "./desk/desks.js";
import { TopBar } from "./top_bar.js";

/** @typedef {Record<string, any>} Json */

const lost = h(
  "div",
  { class: "lost", role: "alert", hidden: true },
  "The playground does not answer. If it was stopped, start it again and open the address that it prints.",
);

/** @type {{workspace: Workspace, parts: {draw: (changes: Set<string>) => void}[]} | null} */
let shown = null;
/** @type {Set<string>} */
const changes = new Set();

keepTheme();
const wire = new Wire(hear, (isUp) => (lost.hidden = isUp));
document.addEventListener("visibilitychange", () => later("read"));

/** @param {Json} said */
function hear(said) {
  if (said.is === "snapshot") return begin(said);
  shown?.workspace.take(said);
  later(said.is);
}

/** Draws once a frame, however much was said meanwhile. @param {string} change */
function later(change) {
  if (changes.size === 0) requestAnimationFrame(draw);
  changes.add(change);
}

function draw() {
  const now = new Set(changes);
  changes.clear();
  shown?.parts.forEach((part) => part.draw(now));
}

/** @param {Json} snapshot */
function begin(snapshot) {
  const workspace = new Workspace(snapshot);
  const desks = new Desks(
    workspace,
    wire,
    shown?.parts.find((part) => part instanceof Desks),
  );
  const drawer = new Drawer(workspace, wire);
  const bar = new TopBar(workspace, drawer);
  const guide = new Guide(workspace, desks, drawer);
  shown = { workspace, parts: [bar, guide, desks, drawer] };
  fill(document.body, lost, bar.element, guide.element, desks.element, drawer.element);
  later("snapshot");
}
