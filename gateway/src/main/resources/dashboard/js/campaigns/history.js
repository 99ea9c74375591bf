import { get, post } from '../api.js';
import { count } from '../format.js';
import { t } from '../i18n/index.js';
import { may } from '../session.js';
import { Button } from '../ui/controls.js';
import { useAction, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure, Loaded, Notice } from '../ui/notice.js';
import { actorName, Ago } from '../ui/text.js';
import { StatusPill } from './status.js';

/** Who changed the campaign's status, when and why; and the proof that its figures are right. */
export function HistoryTab({ campaign }) {
  const changes = useResource(`changes ${campaign.id} ${campaign.status}`, async (signal) => (await get(`/campaigns/${campaign.id}/statusChanges`, { pageSize: 200 }, signal)).changes ?? []);
  return html`
    <div class="columns">
      <section class="card" aria-labelledby="history-title">
        <h2 id="history-title">${t('history.title')}</h2>
        <${Loaded} resource=${changes}>
          ${(rows) => html`
            <ol class="timeline">
              ${rows.map((change, i) => html`
                <li key=${i}>
                  <div class="row"><${StatusPill} status=${change.to} /><span>${actorName(change.by)}</span><span class="faint"><${Ago} time=${change.time} /></span></div>
                  ${change.reason && html`<p>${change.reason}</p>`}
                </li>`)}
              <li><div class="row"><${StatusPill} status="DRAFT" /><span>${t('history.created', { who: actorName(campaign.createdBy) })}</span><span class="faint"><${Ago} time=${campaign.createTime} /></span></div></li>
            </ol>`}
        <//>
      </section>
      <${Reconcile} campaign=${campaign} />
    </div>`;
}

function Reconcile({ campaign }) {
  const check = useAction(() => post(`/campaigns/${campaign.id}:reconcile`));
  const result = useResource(null, async () => null);
  const run = async () => {
    const answer = await check.run();
    if (answer) result.set(answer);
  };
  return html`
    <section class="card" aria-labelledby="reconcile-title">
      <h2 id="reconcile-title">${t('reconcile.title')}</h2>
      <p>${t('reconcile.text')}</p>
      ${may('OPERATOR') && html`<div><${Button} icon="refresh" busy=${check.busy} onClick=${run}>${t('reconcile.run')}<//></div>`}
      ${check.error && html`<${Failure} error=${check.error} />`}
      <${ReconcileResult} result=${result.data} />
    </section>`;
}

function ReconcileResult({ result }) {
  if (!result) return null;
  if (result.exact) return html`<${Notice} kind="good" role="status" title=${t('reconcile.exact')}>${t('reconcile.checked', { n: Number(result.messagesChecked), count: count(result.messagesChecked) })}<//>`;
  return html`<${Notice} kind="danger" role="status" title=${t('reconcile.differs')}><ul class="plain-list">${(result.differences ?? []).map((line) => html`<li key=${line}>${line}</li>`)}</ul><//>`;
}
