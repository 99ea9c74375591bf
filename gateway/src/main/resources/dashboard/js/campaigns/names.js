import { get } from '../api.js';
import { t } from '../i18n/index.js';
import { whoAmI } from '../session.js';
import { useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';

const RECENT = 200;
const MOST_SINGLE = 20;
const MOST_KNOWN = 1000;

/** @typedef {Map<string, string | null>} Names by id; null for a campaign of Herald's own, which cannot be opened */

/** What was learnt so far, for one workspace. @type {{workspace: string, names: Names}} */
let known = { workspace: '', names: new Map() };

/**
 * Names of campaigns by id, for lists that know only ids: from the newest campaigns in one request, and the few older
 * ones one by one.
 * @param {string[]} ids
 * @returns {Names}
 */
export function useCampaignNames(ids) {
  const workspace = whoAmI()?.workspace.id ?? '';
  if (known.workspace !== workspace || known.names.size > MOST_KNOWN) known = { workspace, names: new Map() };
  const { names } = known;
  const missing = [...new Set(ids)].filter((id) => id && id !== '0' && !names.has(id)).sort();
  useResource(missing.length > 0 ? `names ${missing.join()}` : null, async (signal) => {
    const recent = await get('/campaigns', { pageSize: RECENT }, signal);
    for (const campaign of recent.campaigns ?? []) names.set(campaign.id, campaign.name);
    const older = missing.filter((id) => !names.has(id)).slice(0, MOST_SINGLE);
    const answers = await Promise.allSettled(older.map((id) => get(`/campaigns/${id}`, {}, signal)));
    answers.forEach((answer, i) => {
      if (answer.status === 'fulfilled') names.set(older[i], answer.value.name);
      else if (answer.reason.status === 404) names.set(older[i], null);
    });
    return names.size;
  });
  return names;
}

/** @param {{id: string, names: Names, tab?: string, class?: string}} props */
export function CampaignLink({ id, names, tab, class: look }) {
  const name = names.get(id);
  if (name === null) return html`<span>${t('campaign.own')}</span>`;
  return html`<a class=${look} href=${`/campaigns/${id}${tab ? `?tab=${tab}` : ''}`}>${name ?? t('entries.campaign')}</a>`;
}
