import { useCallback, useState } from '../vendor.js';
import { useResource } from './hooks.js';

/**
 * A list read page by page: the first by its key, further ones on demand.
 * @param {string | null} key
 * @param {(pageToken: string, signal?: AbortSignal) => Promise<{rows: any[], next: string}>} read
 */
export function usePages(key, read) {
  const first = useResource(key, (signal) => read('', signal));
  const [busy, setBusy] = useState(false);
  const [moreError, setMoreError] = useState(null);

  const more = useCallback(async () => {
    const token = first.data?.next;
    if (!token) return;
    setBusy(true);
    setMoreError(null);
    try {
      const page = await read(token);
      first.set((now) => ({ rows: [...now.rows, ...page.rows], next: page.next }));
    } catch (error) {
      setMoreError(error);
    } finally {
      setBusy(false);
    }
  }, [key, first.data?.next]);

  return { ...first, rows: first.data?.rows ?? [], hasMore: Boolean(first.data?.next), more, moreBusy: busy, moreError };
}
