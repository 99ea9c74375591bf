import { useCallback, useEffect, useRef, useState } from '../vendor.js';

// What was last read of each resource: going back shows it at once while it is read again. Bounded, so that a page
// left open for a day does not grow.
const REMEMBERED = 40;
/** @type {Map<string, any>} */
const memory = new Map();

function remember(key, data) {
  memory.delete(key);
  memory.set(key, data);
  if (memory.size > REMEMBERED) memory.delete(memory.keys().next().value);
}

/** Forgets everything read so far: another person may sign in next. */
export const forgetAll = () => memory.clear();

/**
 * @template T
 * @typedef {{data: T | undefined, error: any, loading: boolean, reload: () => Promise<void>, set: (change: T | ((now: T | undefined) => T)) => void}} Resource
 */

/**
 * Reads something, again whenever its key changes; a key of null reads nothing. While it is read again the old data
 * stays, and when that fails the old data stays too, with the error beside it.
 * @template T
 * @param {string | null} key
 * @param {(signal: AbortSignal) => Promise<T>} read
 * @param {(now: T, fresh: T) => T} [merge] what to keep when an answer arrives after newer news has
 * @returns {Resource<T>}
 */
export function useResource(key, read, merge = (_, fresh) => fresh) {
  const [state, setState] = useState(() => ({ key, data: key ? memory.get(key) : undefined, error: null, loading: key !== null }));
  const latest = useRef({ key, read, attempt: /** @type {AbortController | null} */ (null) });
  latest.current.key = key;
  latest.current.read = read;

  const load = useCallback(async () => {
    const own = latest.current;
    own.attempt?.abort();
    const wanted = own.key;
    if (wanted === null) return;
    const attempt = new AbortController();
    own.attempt = attempt;
    setState((old) => ({ key: wanted, data: old.key === wanted ? old.data : memory.get(wanted), error: old.key === wanted ? old.error : null, loading: true }));
    try {
      const fresh = await own.read(attempt.signal);
      if (attempt.signal.aborted) return;
      setState((old) => {
        const data = old.key === wanted && old.data !== undefined ? merge(old.data, fresh) : fresh;
        remember(wanted, data);
        return { key: wanted, data, error: null, loading: false };
      });
    } catch (error) {
      if (attempt.signal.aborted) return;
      setState((old) => ({ ...old, error, loading: false }));
    }
  }, []);

  useEffect(() => {
    load();
    return () => latest.current.attempt?.abort();
  }, [key]);

  const set = useCallback((change) => {
    setState((old) => {
      const data = typeof change === 'function' ? change(old.data) : change;
      if (old.key) remember(old.key, data);
      return { ...old, data };
    });
  }, []);

  // Until the effect has run, the state is still that of the former key.
  const current = state.key === key;
  return { data: current ? state.data : key ? memory.get(key) : undefined, error: current ? state.error : null, loading: current ? state.loading : key !== null, reload: load, set };
}

/**
 * Wraps something a person starts: tells whether it is running and what went wrong.
 * @template {any[]} A
 * @param {(...args: A) => Promise<any>} action
 * @returns {{run: (...args: A) => Promise<any>, busy: boolean, error: any, clear: () => void}}
 */
export function useAction(action) {
  const [state, setState] = useState({ busy: false, error: null });
  const mounted = useRef(true);
  useEffect(() => () => { mounted.current = false; }, []);
  /** @param {A} args */
  const run = async (...args) => {
    setState({ busy: true, error: null });
    try {
      const result = await action(...args);
      if (mounted.current) setState({ busy: false, error: null });
      return result;
    } catch (error) {
      if (error.name !== 'AbortError' && mounted.current) setState({ busy: false, error });
      else if (mounted.current) setState({ busy: false, error: null });
      return undefined;
    }
  };
  return { run, ...state, clear: () => setState({ busy: false, error: null }) };
}

/** Draws again every so often, for "3 minutes ago". @param {number} everyMs */
export function useTick(everyMs) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && tick((n) => n + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}

/** The value, once it has not changed for a while: for typing. @template T @param {T} value @param {number} ms @returns {T} */
export function useSettled(value, ms) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** Names the browser's tab and tells a screen reader which page this is. @param {string} title */
export function usePageTitle(title) {
  useEffect(() => {
    if (title) document.title = `${title} · Herald`;
  }, [title]);
}
