// @ts-check
/** Where a list or a menu floats: below what it belongs to, or above it, and always on the screen. */

const GAP = 4;
const LOWEST = 320;

/**
 * Puts a shown popover at an element's edge.
 * @param {HTMLElement} floating
 * @param {Element} anchor
 * @param {{wide?: boolean}} [options]
 */
export function below(floating, anchor, { wide = true } = {}) {
  const at = anchor.getBoundingClientRect();
  const room = innerHeight - at.bottom - 2 * GAP;
  const isAbove = room < Math.min(LOWEST, floating.scrollHeight) && at.top > room;
  Object.assign(floating.style, {
    position: "fixed",
    margin: "0",
    minWidth: wide ? `${at.width}px` : "",
    maxWidth: `${wide ? Math.max(at.width, 240) : 320}px`,
    maxHeight: `${Math.min(LOWEST, isAbove ? at.top - 2 * GAP : room)}px`,
    top: isAbove ? "auto" : `${at.bottom + GAP}px`,
    bottom: isAbove ? `${innerHeight - at.top + GAP}px` : "auto",
    right: "auto",
  });
  floating.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - floating.offsetWidth - GAP))}px`;
}
