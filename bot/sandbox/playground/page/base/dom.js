// @ts-check
/** Making and keeping elements; text goes in as text, and nothing here reads HTML. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Makes an element: `on` holds listeners, `data` the data attributes, and what is null or false is left out.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const { on = {}, data = {}, ...attributes } = properties;
  set(element, attributes);
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  for (const [name, value] of Object.entries(data)) if (value != null) element.dataset[name] = value;
  element.append(...children.flat().filter(isThere).map(asNode));
  return element;
}

/**
 * Sets attributes; null and false take one away, true writes it without a value.
 * @param {Element} element
 * @param {Record<string, any>} attributes
 */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : value);
  }
}

/**
 * Puts other children into an element.
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter(isThere).map(asNode));
}

/** What each kept node shows, under which key. */
const kept = new WeakMap();

/**
 * Makes the children of an element those of a list; a node is drawn anew only when its item is another object.
 * @template T
 * @param {Element} parent
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => Element} draw
 */
export function keep(parent, items, keyOf, draw) {
  const known = new Map();
  for (const node of parent.children) if (kept.has(node)) known.set(kept.get(node).key, node);
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let node = known.get(key);
    known.delete(key);
    if (!node || kept.get(node).item !== item) {
      const fresh = draw(item);
      kept.set(fresh, { key, item });
      if (node === place && place) place = place.nextElementSibling;
      if (node) node.replaceWith(fresh);
      else parent.insertBefore(fresh, place);
      if (node) continue;
      node = fresh;
    } else if (node === place) {
      place = node.nextElementSibling;
    } else {
      parent.insertBefore(node, place);
    }
  }
  for (const node of known.values()) node.remove();
}

let counter = 0;

/**
 * Gives an id that no other element has.
 * @param {string} [name]
 */
export function newId(name = "id") {
  counter += 1;
  return `${name}-${counter}`;
}

/** @param {any} child */
function isThere(child) {
  return child !== null && child !== undefined && child !== false;
}

/** @param {any} child */
function asNode(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}
