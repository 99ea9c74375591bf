import { get } from './api.js';
import { useTimeZone } from './format.js';

/** @typedef {'VIEWER' | 'OPERATOR' | 'OWNER'} Role */
/** @typedef {{id?: string, kind?: string, hasPassword?: boolean, name: string, email: string, role: Role, workspace: {id: string, name: string, timeZone: string}}} Me */

const RANK = { VIEWER: 1, OPERATOR: 2, OWNER: 3 };

/** @type {Me | null} */
let me = null;

/** Who is signed in; null before loadMe. */
export const whoAmI = () => me;

/** Asks who is signed in. @returns {Promise<Me>} */
export async function loadMe() {
  const answer = await get('/me');
  me = {
    ...answer,
    name: answer.name || answer.email || answer.subject || '',
    email: answer.email ?? '',
    role: /** @type {Role} */ (String(answer.role ?? 'VIEWER').toUpperCase().replace(/^ROLE_/, '')),
    workspace: { id: '', name: '', timeZone: '', ...answer.workspace },
  };
  useTimeZone(me.workspace.timeZone);
  return me;
}

export function forgetMe() {
  me = null;
}

/** True when the person's role includes the named one. @param {Role} role */
export const may = (role) => RANK[me?.role ?? 'VIEWER'] >= RANK[role];
