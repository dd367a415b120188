// @ts-check
/** Slack's rich_text blocks: sections, lists, quotes and code, as far as they are text. */

import { h } from "../base/dom.js";
import { plainText } from "./mrkdwn.js";
import { anchor } from "./links.js";

/**
 * Draws the elements of a rich_text block.
 * @param {Record<string, any>[]} elements
 * @param {import("../base/people.js").People} people
 * @returns {Node[]}
 */
export function richText(elements, people) {
  return elements.map((element) => {
    switch (element.type) {
      case "rich_text_section":
        return h("div", {}, pieces(element.elements, people));
      case "rich_text_list":
        return h(
          element.style === "ordered" ? "ol" : "ul",
          {},
          element.elements.map((item) => h("li", {}, richText([item], people))),
        );
      case "rich_text_quote":
        return h("blockquote", {}, pieces(element.elements, people));
      case "rich_text_preformatted":
        return h("pre", {}, h("code", {}, pieces(element.elements, people)));
      default:
        return h("code", { title: "not drawn here" }, JSON.stringify(element));
    }
  });
}

/** @param {Record<string, any>[]} elements @param {import("../base/people.js").People} people */
function pieces(elements, people) {
  return elements.map((piece) => styled(piece.style ?? {}, pieceNode(piece, people)));
}

/** @param {Record<string, any>} piece @param {import("../base/people.js").People} people @returns {Node} */
function pieceNode(piece, people) {
  switch (piece.type) {
    case "text":
      return document.createTextNode(piece.text);
    case "emoji":
      return h("span", {}, plainText(`:${piece.name}:`));
    case "user":
      return h("span", { class: "mention" }, `@${people.person(piece.user_id)}`);
    case "channel":
      return h("span", { class: "mention" }, `#${people.channel(piece.channel_id)}`);
    case "link":
      return (
        anchor(piece.url, [document.createTextNode(piece.text ?? piece.url)], people) ??
        document.createTextNode(piece.url)
      );
    case "broadcast":
      return h("span", { class: "mention" }, `@${piece.range}`);
    default:
      return h("code", { title: "not drawn here" }, JSON.stringify(piece));
  }
}

/** @param {Record<string, boolean>} style @param {Node} node */
function styled(style, node) {
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}
