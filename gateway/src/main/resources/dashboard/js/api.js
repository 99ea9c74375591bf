// One way to the gateway: JSON in, JSON out, and one kind of error.

/** @typedef {{field: string, reason: string, message: string}} Violation */

/** A refusal or a failure, as the gateway's problem+json tells it; status 0 when there was no answer at all. */
export class ApiError extends Error {
  /** @param {{status: number, title?: string, detail?: string, reason?: string, violations?: Violation[], metadata?: Record<string, string>, requestId?: string}} problem */
  constructor(problem) {
    super(problem.detail || problem.title || problem.reason || String(problem.status));
    this.status = problem.status;
    this.title = problem.title ?? '';
    this.detail = problem.detail ?? '';
    this.reason = problem.reason ?? '';
    this.violations = problem.violations ?? [];
    this.metadata = problem.metadata ?? {};
    this.requestId = problem.requestId ?? '';
  }

  /** The complaint about one field, if there is one. @param {string} field */
  about(field) {
    return this.violations.find((violation) => violation.field === field || violation.field.startsWith(`${field}.`))?.message;
  }
}

const API = '/api/v1';
const READ_DEADLINE_MS = 30_000;
const WRITE_DEADLINE_MS = 60_000;

let onSessionLost = () => {};

/** @param {() => void} listener called when the gateway says that nobody is signed in any more */
export function whenSessionIsLost(listener) {
  onSessionLost = listener;
}

/**
 * A path with its query; lists become repeated parameters, empty values are left out.
 * @param {string} path
 * @param {Record<string, any>} [query]
 */
export function url(path, query) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '' && one !== false) search.append(name, String(one));
    }
  }
  const text = search.toString();
  return `${API}${path}${text ? `?${text}` : ''}`;
}

/** @param {string} path @param {Record<string, any>} [query] @param {AbortSignal} [signal] */
export const get = (path, query, signal) => send('GET', url(path, query), undefined, signal);
/** @param {string} path @param {any} [body] */
export const post = (path, body) => send('POST', url(path), body ?? {});
/** @param {string} path @param {any} body */
export const patch = (path, body) => send('PATCH', url(path), body);
/** @param {string} path */
export const remove = (path) => send('DELETE', url(path));

/** An id for a request that must not happen twice, however often it is sent. */
export const requestId = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

async function send(method, target, body, signal) {
  const deadline = AbortSignal.timeout(method === 'GET' ? READ_DEADLINE_MS : WRITE_DEADLINE_MS);
  let response;
  try {
    response = (method === 'GET' && (await takeEarly(target))) || await fetch(target, {
      method,
      headers: headersFor(method, body),
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new ApiError({ status: 0, reason: failure.name === 'TimeoutError' ? 'TIMEOUT' : 'NO_CONNECTION' });
  }
  if (!response.ok) throw await errorOf(response, target);
  const text = await response.text();
  return text ? JSON.parse(text) : {};
}

/** The answer that boot.js asked for before the modules were there; each is good once, and only if it came to something. */
async function takeEarly(target) {
  const early = globalThis.heraldEarly?.get(target);
  globalThis.heraldEarly?.delete(target);
  return early?.catch(() => undefined);
}

function headersFor(method, body) {
  const headers = { accept: 'application/json' };
  if (method !== 'GET') headers['x-herald-csrf'] = '1';
  if (body !== undefined) headers['content-type'] = 'application/json';
  return headers;
}

/** @param {Response} response @param {string} target */
export async function errorOf(response, target) {
  let problem = {};
  try {
    problem = await response.json();
  } catch {
    // a proxy's error page, or nothing
  }
  return errorFrom({ requestId: response.headers.get('x-request-id') ?? '', ...problem, status: response.status }, target);
}

/** @param {any} problem a problem+json object @param {string} target what was asked */
export function errorFrom(problem, target) {
  const error = new ApiError(problem);
  if (error.status === 401) globalThis.heraldEarly?.clear(); // asked for by nobody, not for who signs in next
  if (error.status === 401 && !target.startsWith(`${API}/session`)) onSessionLost();
  return error;
}

/**
 * Sends a file's bytes and tells how far it is; fetch cannot tell that.
 * @param {string} path
 * @param {Record<string, any>} query
 * @param {Blob} file
 * @param {string} contentType
 * @param {(share: number) => void} onProgress 0 to 1
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export function upload(path, query, file, contentType, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const target = url(path, query);
    const request = new XMLHttpRequest();
    request.open('POST', target);
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('content-type', contentType);
    request.setRequestHeader('x-herald-csrf', '1');
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => reject(new ApiError({ status: 0, reason: 'NO_CONNECTION' }));
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    request.onload = async () => {
      const response = new Response(request.responseText, { status: request.status === 0 ? 500 : request.status });
      if (response.ok) resolve(request.responseText ? JSON.parse(request.responseText) : {});
      else reject(await errorOf(response, target));
    };
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}
