import { errorFrom, errorOf, url } from './api.js';

// Server-sent events, read with fetch instead of EventSource: so we see the status of a refusal (an ended session is
// not a lost connection) and notice a connection that is silently dead.
//
// A stream is closed while the page is hidden. A browser allows few connections to one host, and a page that was left
// open for a day should cost nothing; on return it opens again and gets the current state first.

const SILENCE_MS = 45_000; // the gateway says something at least every 15 s
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/** @typedef {'connecting' | 'live' | 'lost'} LinkState */

/** @type {Map<object, LinkState>} */
const links = new Map();
/** @type {Set<() => void>} */
const watchers = new Set();

/** The worst state of all open streams; null when there is none. @returns {LinkState | null} */
export function linkState() {
  const states = [...links.values()];
  if (states.length === 0) return null;
  return states.includes('lost') ? 'lost' : states.includes('connecting') ? 'connecting' : 'live';
}

/** @param {() => void} listener @returns {() => void} ends it */
export function onLinkChange(listener) {
  watchers.add(listener);
  return () => watchers.delete(listener);
}

/** Tries all lost streams at once, now. */
export const retryNow = () => window.dispatchEvent(new Event('herald:retry'));

/**
 * Follows a stream until the returned function is called.
 * @param {string} path
 * @param {Record<string, any>} query
 * @param {(event: string, data: any) => void} onEvent
 * @returns {() => void} ends it
 */
export function follow(path, query, onEvent) {
  const key = {};
  let ended = false;
  let failures = 0;
  let retryTimer = 0;
  /** @type {AbortController | null} */
  let current = null;

  const set = (state) => {
    if (ended || links.get(key) === state) return;
    links.set(key, state);
    watchers.forEach((watcher) => watcher());
  };

  const open = async () => {
    clearTimeout(retryTimer);
    if (ended || document.hidden || current) return;
    const attempt = new AbortController();
    current = attempt;
    let silence = 0;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => attempt.abort(), SILENCE_MS);
    };
    try {
      heard();
      if (failures === 0) set('connecting');
      const target = url(path, query);
      const response = await fetch(target, { headers: { accept: 'text/event-stream' }, credentials: 'same-origin', signal: attempt.signal });
      if (!response.ok) throw await errorOf(response, target);
      set('live');
      await read(response.body, heard, (event, data) => {
        if (event === 'problem') throw errorFrom(data, target);
        failures = 0;
        onEvent(event, data);
      });
    } catch (failure) {
      if ([401, 403, 404].includes(failure.status)) ended = true; // the page itself says so
    } finally {
      clearTimeout(silence);
      if (current === attempt) current = null;
    }
    if (ended) return close();
    if (document.hidden) return;
    failures++;
    // The first break is normal (a proxy's time limit): only the second in a row is worth a word.
    if (failures > 1) set('lost');
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)) * (0.7 + Math.random() * 0.6);
    retryTimer = setTimeout(open, wait);
  };

  const onVisibility = () => {
    if (document.hidden) current?.abort();
    else open();
  };
  const onRetry = () => {
    if (!current) open();
  };
  const close = () => {
    ended = true;
    clearTimeout(retryTimer);
    current?.abort();
    links.delete(key);
    document.removeEventListener('visibilitychange', onVisibility);
    window.removeEventListener('online', onRetry);
    window.removeEventListener('herald:retry', onRetry);
    watchers.forEach((watcher) => watcher());
  };

  document.addEventListener('visibilitychange', onVisibility);
  window.addEventListener('online', onRetry);
  window.addEventListener('herald:retry', onRetry);
  open();
  return close;
}

/**
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => void} heard called for every byte that arrives, comments included
 * @param {(event: string, data: any) => void} onEvent
 */
async function read(body, heard, onEvent) {
  const text = /** @type {ReadableWritablePair<string, Uint8Array>} */ (new TextDecoderStream());
  const reader = body.pipeThrough(text).getReader();
  let buffer = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    heard();
    buffer += value;
    const blocks = buffer.split(/\r?\n\r?\n/);
    buffer = blocks.pop();
    for (const block of blocks) {
      let event = 'message';
      const data = [];
      for (const line of block.split(/\r?\n/)) {
        if (line.startsWith('event:')) event = line.slice(6).trim();
        else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
      }
      if (data.length > 0) onEvent(event, JSON.parse(data.join('\n')));
    }
  }
}
