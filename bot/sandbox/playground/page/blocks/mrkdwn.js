// @ts-check
/** Slack's two text formats as nodes. Whatever somebody wrote becomes text: no markup of theirs is ever read as HTML. */

import { written } from "../base/dates.js";
import { h } from "../base/dom.js";
import { emoji } from "./emoji.js";
import { anchor } from "./links.js";

/**
 * What mentions are resolved with.
 * @typedef {object} Names
 * @property {(id: string) => string} person
 * @property {(id: string) => string} channel
 * @property {string} [me]
 * @property {Set<string>} rewardHosts
 * @property {() => Date} now
 */

const FENCE = /```\n?([\s\S]+?)```/g;
const QUOTED = /^(?:&gt;|>)(?!&gt;|>)\s?/;
const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<angled>[^<>\\n]+)>",
    "(?<url>https?://[^\\s<>|]+)",
    ":(?<emoji>[a-z0-9_+\\-']+):",
    "(?<![\\w*_~])(?<mark>[*_~])(?=\\S)(?<inner>(?:<[^<>\\n]*>|`[^`\\n]*`|[^\\n<])+?)(?<=\\S)\\k<mark>(?![\\w*_~])",
  ].join("|"),
  "g",
);
const PLAIN = /:(?<emoji>[a-z0-9_+\-']+):/g;
const TAGS = { "*": "strong", _: "em", "~": "s" };

/**
 * Draws a text object, plain_text or mrkdwn.
 * @param {{type?: string, text?: string, emoji?: boolean}} text
 * @param {Names} names
 * @returns {Node[]}
 */
export function textNodes(text, names) {
  const words = String(text?.text ?? "");
  return text?.type === "mrkdwn" ? mrkdwn(words, names) : plainText(words, text?.emoji !== false);
}

/**
 * Draws plain text: entities become characters, shortcodes become emoji, and nothing else is read.
 * @param {string} text
 * @param {boolean} [withEmoji]
 * @returns {Node[]}
 */
export function plainText(text, withEmoji = true) {
  return withEmoji ? pieces(text, PLAIN, (found) => emojiNode(found[0], found.groups?.emoji ?? "")) : [leaf(text)];
}

/**
 * Draws mrkdwn.
 * @param {string} text
 * @param {Names} names
 * @returns {Node[]}
 */
export function mrkdwn(text, names) {
  return pieces(
    text,
    FENCE,
    (found) => h("pre", {}, h("code", {}, ...verbatim(found[1], names))),
    (words) => paragraphs(words, names),
  );
}

/** @param {string} text @param {Names} names @returns {Node[]} */
function paragraphs(text, names) {
  /** @type {Node[]} */
  const nodes = [];
  /** @type {string[]} */
  let quoted = [];
  const endQuote = () => {
    if (quoted.length) nodes.push(h("blockquote", {}, ...inline(quoted.join("\n"), names)));
    quoted = [];
  };
  const lines = text.split("\n");
  lines.forEach((line, index) => {
    if (QUOTED.test(line)) {
      quoted.push(line.replace(QUOTED, ""));
      return;
    }
    const afterQuote = quoted.length > 0;
    endQuote();
    if (index > 0 && !afterQuote) nodes.push(document.createTextNode("\n"));
    nodes.push(...inline(line, names));
  });
  endQuote();
  return nodes;
}

/** @param {string} text @param {Names} names @returns {Node[]} */
function inline(text, names) {
  return pieces(text, INLINE, (found) => {
    const { code, angled, url, emoji: shortcode, mark, inner } = found.groups ?? {};
    if (code) return h("code", {}, ...verbatim(code, names));
    if (angled) return angledNode(angled, names);
    if (url) return anchor(unescaped(url), [leaf(url)], names);
    if (shortcode) return emojiNode(found[0], shortcode);
    return h(TAGS[/** @type {"*" | "_" | "~"} */ (mark)], {}, ...inline(inner, names));
  });
}

/** @param {string} inside @param {Names} names @returns {Node} */
function angledNode(inside, names) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : inside.slice(bar + 1);
  if (/^@[UW]\w+$/.test(target)) return mention("person", target.slice(1), `@${names.person(target.slice(1))}`, names);
  if (/^#[CG]\w+$/.test(target))
    return mention("channel", target.slice(1), `#${names.channel(target.slice(1))}`, names);
  const date = /^!date\^(-?\d+)\^([^^]+)(?:\^(.+))?$/.exec(target);
  if (date) return h("time", { title: unescaped(label) }, written(Number(date[1]), unescaped(date[2]), names.now()));
  const group = /^!(here|channel|everyone)$/.exec(target);
  if (group) return h("span", { class: "mention" }, `@${group[1]}`);
  if (target.startsWith("!")) return leaf(label || target);
  return anchor(unescaped(target), label ? plainText(label) : [leaf(target)], names) ?? leaf(`<${inside}>`);
}

/** @param {string} kind @param {string} id @param {string} name @param {Names} names */
function mention(kind, id, name, names) {
  return h("span", { class: id === names.me ? "mention mention-me" : "mention", data: { [kind]: id } }, name);
}

/** @param {string} written @param {string} name */
function emojiNode(written, name) {
  const sign = emoji(name);
  const words = name.replaceAll("_", " ");
  return sign ? h("span", { class: "emoji", role: "img", "aria-label": words, title: written }, sign) : leaf(written);
}

/** Code shows what was typed; only Slack's own angles become what they stand for. @param {string} text @param {Names} names */
function verbatim(text, names) {
  return pieces(text, /<(?<angled>[^<>\n]+)>/g, (found) => angledNode(found.groups?.angled ?? "", names));
}

/**
 * Cuts a text at each match; what is between goes through `between`.
 * @param {string} text
 * @param {RegExp} pattern
 * @param {(found: RegExpExecArray) => Node | null} draw
 * @param {(text: string) => Node[]} [between]
 * @returns {Node[]}
 */
function pieces(text, pattern, draw, between = (words) => [leaf(words)]) {
  /** @type {Node[]} */
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    if (found.index > end) nodes.push(...between(text.slice(end, found.index)));
    nodes.push(draw(found) ?? leaf(found[0]));
    end = found.index + found[0].length;
  }
  if (end < text.length) nodes.push(...between(text.slice(end)));
  return nodes;
}

/** @param {string} text */
function leaf(text) {
  return document.createTextNode(unescaped(text));
}

/**
 * The three entities that Slack knows, as characters.
 * @param {string} text
 */
export function unescaped(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[/** @type {"lt"} */ (name)]);
}
