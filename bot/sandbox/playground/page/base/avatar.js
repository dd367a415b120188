// @ts-check
/** A person's picture: their initials on a colour of their own. */

import { h } from "./dom.js";

/**
 * Draws the picture of somebody; the name stands beside it for those who do not see it.
 * @param {string} id
 * @param {string} name
 */
export function avatar(id, name) {
  const picture = h("span", { class: "avatar", "aria-hidden": "true", data: { initials: initials(name) } });
  picture.style.setProperty("--hue", hue(id));
  return picture;
}

/** Draws the picture of the app. */
export function appPicture() {
  return h("img", { class: "avatar", src: "/page/icon.svg", alt: "" });
}

/** @param {string} name */
function initials(name) {
  const letters = name.split(/\s+/).map((word) => [...word][0] ?? "");
  return letters.slice(0, 2).join("").toUpperCase() || "?";
}

/** @type {Map<string, number>} */
const hues = new Map();

/**
 * Gives the colour of somebody, as a hue: each who turns up gets one far from those before.
 * @param {string} id
 */
function hue(id) {
  if (!hues.has(id)) hues.set(id, Math.round(262 + hues.size * 137.5) % 360);
  return String(hues.get(id));
}
