/**
 * Memory: what the browser keeps between two visits. Where it keeps nothing, it holds until the page is closed.
 */

const held = new Map();

/** @param {string} key @param {any} otherwise what there is before the first visit */
export function recall(key, otherwise) {
  try {
    const text = window.localStorage.getItem(key);
    return text === null ? (held.get(key) ?? otherwise) : JSON.parse(text);
  } catch {
    return held.get(key) ?? otherwise;
  }
}

/** @param {string} key @param {any} value @returns {boolean} whether the browser keeps it */
export function remember(key, value) {
  held.set(key, value);
  try {
    window.localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
