import { useEffect, useState } from '../vendor.js';
import { html } from './html.js';
import { Icon } from './icons.js';

const SHOWN_MS = 6000;

/** @type {Set<(text: string) => void>} */
const listeners = new Set();

/** Says shortly that something was done. @param {string} text */
export const toast = (text) => listeners.forEach((listener) => listener(text));

/** The place where toasts appear; a live region, so that they are read aloud. */
export function Toasts() {
  const [items, setItems] = useState([]);
  useEffect(() => {
    const show = (text) => {
      const item = { text, id: Math.random() };
      setItems((now) => [...now.slice(-2), item]);
      setTimeout(() => setItems((now) => now.filter((other) => other !== item)), SHOWN_MS);
    };
    listeners.add(show);
    return () => listeners.delete(show);
  }, []);
  return html`<div class="toasts" role="status" aria-live="polite">${items.map((item) => html`<div key=${item.id} class="toast"><${Icon} name="check" />${item.text}</div>`)}</div>`;
}
