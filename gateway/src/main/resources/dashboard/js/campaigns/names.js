import { get } from '../api.js';
import { useResource } from '../ui/hooks.js';

const RECENT = 200;
const MOST_SINGLE = 20;

/**
 * Names of campaigns by id, for lists that know only ids: from the newest campaigns in one request, and the few older
 * ones one by one.
 * @param {string[]} ids
 * @returns {Map<string, string>}
 */
export function useCampaignNames(ids) {
  const wanted = [...new Set(ids)].filter((id) => id && id !== '0').sort();
  const names = useResource(wanted.length > 0 ? `names ${wanted.join()}` : null, async (signal) => {
    const recent = await get('/campaigns', { pageSize: RECENT }, signal);
    const found = new Map((recent.campaigns ?? []).map((campaign) => [campaign.id, campaign.name]));
    const older = wanted.filter((id) => !found.has(id)).slice(0, MOST_SINGLE);
    const answers = await Promise.allSettled(older.map((id) => get(`/campaigns/${id}`, {}, signal)));
    for (const answer of answers) if (answer.status === 'fulfilled') found.set(answer.value.id, answer.value.name);
    return found;
  });
  return names.data ?? new Map();
}
