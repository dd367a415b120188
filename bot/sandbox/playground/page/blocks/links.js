// @ts-check
/** Where a link may lead: to https, or to the playground's own reward page, and nowhere else. */

import { h } from "../base/dom.js";

/**
 * Draws a link, or gives null for an address that nobody should follow.
 * @param {string} address
 * @param {Node[]} words
 * @param {{rewardHosts: Set<string>}} names
 * @returns {HTMLAnchorElement | null}
 */
export function anchor(address, words, names) {
  const href = safe(address, names);
  return href && h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...words);
}

/**
 * Gives where an address leads from here; null if it is not https.
 * @param {string} address
 * @param {{rewardHosts: Set<string>}} names
 */
export function safe(address, names) {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== "https:") return null;
  return names.rewardHosts.has(url.hostname) ? `/reward${url.pathname}` : url.href;
}

/**
 * Reads a Slack permalink: the message of a channel that it leads to.
 * @param {string} href
 */
export function permalink(href) {
  const found = /^https:\/\/[\w-]+\.slack\.com\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(href);
  return found && { channel: found[1], ts: `${found[2]}.${found[3]}` };
}
