import { useEffect, useState } from '../vendor.js';
import { get, post } from '../api.js';
import { count } from '../format.js';
import { t, word } from '../i18n/index.js';
import { Button } from '../ui/controls.js';
import { useAction, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure, Loaded } from '../ui/notice.js';
import { usePages } from '../ui/pages.js';
import { MoreRows, Table } from '../ui/table.js';
import { Ago } from '../ui/text.js';
import { toast } from '../ui/toast.js';

const STATES = ['PENDING', 'DELIVERED', 'FAILED'];
const LOOK = { PENDING: 'tag-blue', DELIVERED: 'tag-good', FAILED: 'tag-bad' };
const REREAD_MS = 3_000;

/** What was sent to one address in the last week, how it was answered, and a way to send it again. */
export function Deliveries({ subscription }) {
  const path = `/subscriptions/${subscription.id}/deliveries`;
  const [state, setState] = useState('');
  const pages = usePages(`deliveries ${subscription.id} ${state}`, async (pageToken, signal) => {
    const answer = await get(path, { state, pageSize: 25, pageToken }, signal);
    return { rows: answer.deliveries ?? [], next: answer.nextPageToken };
  });
  const again = useAction(async (target, done) => {
    const answer = await post(target);
    toast(done(answer));
    await pages.reload();
  });
  const waiting = pages.rows.some((delivery) => delivery.state === 'PENDING');
  useEffect(() => {
    if (!waiting) return undefined;
    const timer = setInterval(() => !document.hidden && pages.reload(), REREAD_MS);
    return () => clearInterval(timer);
  }, [waiting]);

  const columns = [
    { id: 'event', title: t('deliveries.event'), phone: 'title', class: 'cell-two', cell: (delivery) => html`<strong>${word('event', delivery.eventType)}</strong><span class="faint"><${Ago} time=${delivery.eventTime} /></span>` },
    { id: 'state', title: t('contacts.state'), cell: (delivery) => html`<span class=${`tag ${LOOK[delivery.state] ?? ''}`}>${word('deliveryState', delivery.state)}</span>` },
    { id: 'attempts', title: t('deliveries.attempts'), class: 'cell-number', cell: (delivery) => count(delivery.attempts ?? 0) },
    { id: 'answer', title: t('deliveries.answer'), cell: Answer },
    { id: 'body', title: t('quarantine.content'), cell: (delivery) => html`<${Body} target=${`${path}/${delivery.id}`} />` },
    { id: 'actions', title: html`<span class="visually-hidden">${t('table.actions')}</span>`, class: 'cell-actions', cell: (delivery) => delivery.state !== 'PENDING' && html`
      <${Button} small busy=${again.busy} onClick=${() => again.run(`${path}/${delivery.id}:replay`, () => t('deliveries.replayed', { n: 1 }))}>${t('deliveries.replay')}<//>` },
  ];
  return html`
    <div class="stack-small">
      <div class="row-apart">
        <div class="chips" role="group" aria-label=${t('contacts.state')}>${STATES.map((id) => html`
          <button key=${id} type="button" class="chip" aria-pressed=${id === state ? 'true' : 'false'} onClick=${() => setState(id === state ? '' : id)}>${t(`deliveryState.${id}`)}</button>`)}</div>
        <${Button} small icon="refresh" busy=${again.busy} onClick=${() => again.run(`${path}:replayFailed`, (answer) => t('deliveries.replayed', { n: answer.deliveries ?? 0 }))}>${t('deliveries.replayFailed')}<//>
      </div>
      ${again.error && html`<${Failure} error=${again.error} />`}
      <${Loaded} resource=${pages} lines=${2}>
        ${() => (pages.rows.length === 0
          ? html`<p class="faint">${t('deliveries.none')}</p>`
          : html`
            <${Table} caption=${t('deliveries.title')} class="table-plain" columns=${columns} rows=${pages.rows} keyOf=${(delivery) => delivery.id} busy=${again.busy} />
            ${pages.moreError && html`<${Failure} error=${pages.moreError} onRetry=${pages.more} />`}
            <${MoreRows} shown=${pages.rows.length} more=${pages.hasMore} busy=${pages.moreBusy} onMore=${pages.more} />`)}
      <//>
    </div>`;
}

const Answer = (delivery) => html`
  <span class="break">${delivery.statusCode ? html`<span class="mono">${String(delivery.statusCode)}</span>` : delivery.attempts > 0 ? t('deliveries.noAnswer') : '–'} ${delivery.error}</span>
  ${delivery.state === 'PENDING' && delivery.attempts > 0 && delivery.nextAttemptTime && html`<span class="faint block">${t('deliveries.next')} <${Ago} time=${delivery.nextAttemptTime} /></span>`}`;

/** The body is read when somebody wants to see it. */
function Body({ target }) {
  const [open, setOpen] = useState(false);
  const delivery = useResource(open ? target : null, (signal) => get(target, {}, signal));
  return html`
    <details onToggle=${(event) => setOpen(event.currentTarget.open)}>
      <summary>${t('quarantine.show')}</summary>
      ${open && html`<${Loaded} resource=${delivery} lines=${1}>${(data) => html`<pre class="code quarantine-code" tabindex="0">${data.body}</pre>`}<//>`}
    </details>`;
}
