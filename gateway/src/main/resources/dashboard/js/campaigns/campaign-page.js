import { useEffect, useRef } from '../vendor.js';
import { get } from '../api.js';
import { exactTime, relativeTime } from '../format.js';
import { t } from '../i18n/index.js';
import { follow } from '../live.js';
import { setQuery, usePlace } from '../router.js';
import { may } from '../session.js';
import { Button, TabPanel, Tabs } from '../ui/controls.js';
import { useResource, usePageTitle } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icons.js';
import { Empty, Loaded, Notice, SimulatedNotice } from '../ui/notice.js';
import { actorName, Ago } from '../ui/text.js';
import { CostTab } from './cost.js';
import { HistoryTab } from './history.js';
import { AUDIENCES, newer, noAnalytics } from './metrics.js';
import { Progress } from './progress.js';
import { RecipientsTab } from './recipients.js';
import { ResultsTab } from './results.js';
import { RetargetButton } from './retarget.js';
import { SetStatus } from './set-status.js';
import { StatusPill } from './status.js';

/** @typedef {import('../types.js').Campaign} Campaign */
/** @typedef {import('../types.js').Analytics} Analytics */

const REREAD_MILLIS = 20_000;
// A pause shorter than this is nothing to tell anybody.
const LONG_WAIT_MILLIS = 60_000;

const TABS = ['results', 'recipients', 'cost', 'history'];

/** One campaign: what was sent, to whom, what became of it, what it cost. @param {{id: string}} props */
export default function CampaignPage({ id }) {
  const campaign = useResource(`campaign ${id}`, (signal) => get(`/campaigns/${id}`, {}, signal));
  const analytics = useAnalytics(id, campaign);
  useRereading(campaign, analytics.data?.status === 'LIVE');
  usePageTitle(campaign.data?.name ?? '');

  if (campaign.error?.status === 404) {
    return html`<${Empty} page icon="search" title=${t('campaign.gone.title')} actions=${html`<${Button} href="/campaigns">${t('notFound.back')}<//>`}>${t('campaign.gone.text')}<//>`;
  }
  return html`
    <nav class="crumbs" aria-label=${t('nav.crumbs')}><a href="/campaigns"><${Icon} name="back" flip />${t('nav.campaigns')}</a></nav>
    <${Loaded} resource=${campaign} lines=${10}>
      ${(data) => html`<${Loaded} resource=${analytics} lines=${10}>
        ${(figures) => html`<${CampaignView} campaign=${{ ...data, status: figures.status ?? data.status }} analytics=${figures} onChange=${(now) => campaign.set((old) => ({ ...old, ...now }))} />`}
      <//>`}
    <//>`;
}

/**
 * The figures, live. The campaign itself is read again when its status changes: who did it and why stands there.
 * @returns {import('../ui/hooks.js').Resource<Analytics>}
 */
function useAnalytics(id, campaign) {
  const analytics = useResource(`analytics ${id}`, async (signal) => {
    try {
      return await get(`/campaigns/${id}/analytics`, {}, signal);
    } catch (error) {
      if (error.status === 404) return null; // created a moment ago: no figures yet
      throw error;
    }
  }, (now, fresh) => (now && fresh ? newer(now, fresh) : fresh ?? now));
  const status = useRef(null);
  useEffect(() => follow(`/campaigns/${id}/analytics:watch`, {}, (event, data) => {
    if (event !== 'analytics') return;
    analytics.set((old) => newer(old ?? undefined, data));
    if (status.current && status.current !== data.status) campaign.reload();
    status.current = data.status;
  }), [id]);
  return analytics.data === null && campaign.data ? { ...analytics, data: noAnalytics(campaign.data) } : analytics;
}

/** Whom a LIVE campaign waits for changes without a change of its figures. */
function useRereading(campaign, live) {
  useEffect(() => {
    if (!live) return undefined;
    const timer = setInterval(() => document.hidden || campaign.reload(), REREAD_MILLIS);
    return () => clearInterval(timer);
  }, [live, campaign.reload]);
}

/** @param {{campaign: Campaign, analytics: Analytics, onChange: (campaign: Partial<Campaign>) => void}} props */
function CampaignView({ campaign, analytics, onChange }) {
  const { query } = usePlace();
  const tab = TABS.includes(query.get('tab')) ? query.get('tab') : 'results';
  const open = (name) => setQuery({ tab: name === 'results' ? null : name, show: null, code: null, country: null }, { replace: false });
  const showPeople = (show, more = {}) => setQuery({ tab: 'recipients', show: show in AUDIENCES ? show : null, ...more }, { replace: false });

  return html`
    <${Header} campaign=${campaign} analytics=${analytics} onChange=${onChange} />
    ${campaign.simulated && html`<${SimulatedNotice} />`}
    <${StatusNotice} campaign=${campaign} />
    ${['LIVE', 'PAUSED'].includes(campaign.status) && campaign.type === 'BROADCAST' && html`<${Progress} campaign=${campaign} analytics=${analytics} />`}
    <${Tabs} label=${campaign.name} value=${tab} onInput=${open} tabs=${TABS.map((id) => ({ id, label: t(`campaign.tab.${id}`) }))} />
    <${TabPanel} id=${tab}>
      ${tab === 'results' && html`<${ResultsTab} campaign=${campaign} analytics=${analytics} onShow=${showPeople} />`}
      ${tab === 'recipients' && html`<${RecipientsTab} campaign=${campaign} analytics=${analytics} query=${query} />`}
      ${tab === 'cost' && html`<${CostTab} campaign=${campaign} analytics=${analytics} />`}
      ${tab === 'history' && html`<${HistoryTab} campaign=${campaign} />`}
    <//>`;
}

function Header({ campaign, analytics, onChange }) {
  const what = campaign.content?.template;
  const facts = [
    t(`type.${campaign.type}`),
    what ? html`${t('messageType.TEMPLATE')} <span class="mono">${what.name}</span> <span class="faint">${what.language}</span>` : t(`messageType.${campaign.messageType}`),
    campaign.launchTime
      ? html`${campaign.launchedBy ? t('campaign.launchedBy', { who: actorName(campaign.launchedBy) }) : t('campaign.launched')} <${Ago} time=${campaign.launchTime} />`
      : html`${t('campaign.createdBy', { who: actorName(campaign.createdBy) })} <${Ago} time=${campaign.createTime} />`,
    campaign.endTime && html`${t('campaign.ended')} <${Ago} time=${campaign.endTime} />`,
  ].filter(Boolean);
  return html`
    <div class="page-head campaign-head">
      <div class="campaign-title">
        <div class="row"><h1 tabindex="-1">${campaign.name}</h1><${StatusPill} status=${campaign.status} /></div>
        <ul class="facts">${facts.map((fact, i) => html`<li key=${i}>${fact}</li>`)}</ul>
      </div>
      <div class="page-actions">
        ${campaign.status === 'DRAFT'
          ? may('OPERATOR') && html`<${Button} kind="primary" icon="draft" href=${`/campaigns/new?draft=${campaign.id}`}>${t('campaign.continue')}<//>`
          : html`
            ${may('OPERATOR') && html`<${RetargetButton} campaign=${campaign} />`}
            <${SetStatus} campaign=${campaign} analytics=${analytics} onChange=${onChange} />`}
      </div>
    </div>`;
}

/** Why it is where it is, when that is not plain from the status. */
function StatusNotice({ campaign }) {
  if (campaign.status === 'PAUSED' && campaign.pauseReason) {
    const { kind, message, time } = campaign.pauseReason;
    return html`
      <${Notice} kind=${kind === 'BY_USER' ? 'info' : 'warning'} icon="pause" title=${t(`pause.${kind}`)}
        actions=${kind === 'FUNDS' && html`<${Button} small href="/wallet">${t('wallet.topUp')}<//>`}>
        ${message} ${time && html`<span class="faint"><${Ago} time=${time} /></span>`}
      <//>`;
  }
  if (campaign.status === 'SCHEDULED') {
    return html`<${Notice} icon="clock" title=${t('campaign.starts', { when: relativeTime(campaign.startTime) })}>${exactTime(campaign.startTime)}<//>`;
  }
  if (campaign.status === 'LIVE' && Date.parse(campaign.nextAttemptTime ?? '') > Date.now() + LONG_WAIT_MILLIS) {
    return html`<${Notice} icon="clock" title=${t('campaign.waits', { when: relativeTime(campaign.nextAttemptTime) })}>${t('campaign.waits.text')} ${exactTime(campaign.nextAttemptTime)}<//>`;
  }
  if (campaign.status === 'STOPPED') return html`<${Notice} icon="stop" title=${t('campaign.stopped.title')}>${t('campaign.stopped.text')}<//>`;
  if (campaign.status === 'DRAFT') return html`<${Notice} icon="draft" title=${t('campaign.draft.title')}>${t('campaign.draft.text')}<//>`;
  return null;
}
