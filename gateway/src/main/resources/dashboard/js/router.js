import { useEffect, useState } from './vendor.js';

// Addresses are plain paths; the gateway answers index.html for all of them.

/** @type {Set<() => void>} */
const listeners = new Set();

/** @typedef {{path: string, query: URLSearchParams}} Place */

/** @returns {Place} */
export const here = () => ({ path: location.pathname.replace(/(.)\/+$/, '$1'), query: new URLSearchParams(location.search) });

/** @param {string} to @param {{replace?: boolean}} [options] */
export function go(to, { replace = false } = {}) {
  if (to === location.pathname + location.search) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  listeners.forEach((listener) => listener());
}

/**
 * Changes parts of the query and keeps the rest; empty values leave it.
 * @param {Record<string, string | string[] | null | undefined>} changes
 * @param {{replace?: boolean}} [options]
 */
export function setQuery(changes, options = { replace: true }) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) if (one) query.append(name, one);
  }
  const text = query.toString();
  go(location.pathname + (text ? `?${text}` : ''), options);
}

/** The current place; a component that uses it is drawn again when it changes. */
export function usePlace() {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const update = () => setPlace(here());
    listeners.add(update);
    return () => listeners.delete(update);
  }, []);
  return place;
}

/** Ordinary links stay inside the page: no reload, and all of the browser's own gestures still work. */
export function startRouter() {
  window.addEventListener('popstate', () => listeners.forEach((listener) => listener()));
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = /** @type {HTMLAnchorElement | null} */ (event.target instanceof Element ? event.target.closest('a[href]') : null);
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin || isServerPath(link.pathname)) return;
    if (link.hash && link.pathname === location.pathname) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

const isServerPath = (path) => /^\/(api|docs|webhooks|sign-in\/oidc|openapi\.yaml|metrics)\b/.test(path);
