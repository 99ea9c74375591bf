import { useState } from '../vendor.js';
import { get, patch, post, requestId } from '../api.js';
import { count, country, exactTime, isZero, money, timeZone, zoneName } from '../format.js';
import { t, word } from '../i18n/index.js';
import { go } from '../router.js';
import { Button, Choice, Field, TextField } from '../ui/controls.js';
import { useAction, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure, Loaded, Notice } from '../ui/notice.js';
import { Table } from '../ui/table.js';
import { Amount } from '../ui/text.js';
import { toast } from '../ui/toast.js';
import { instantOf } from '../ui/zoned-time.js';
import { ApiCall } from './api-call.js';
import { drop, spreadOf } from './draft.js';
import { Step } from './step.js';

/** The last look: what it costs, whether the wallet has it, when it starts. */
export function LaunchStep({ campaign, form, change, channel, back }) {
  const [when, setWhen] = useState('now');
  const [local, setLocal] = useState('');
  const estimate = useResource(form.type === 'BROADCAST' ? `estimate ${campaign.id} ${campaign.version}` : null, (signal) => get(`/campaigns/${campaign.id}:estimate`, {}, signal));
  const start = when === 'later' ? instantOf(local, timeZone()) : null;
  const late = when === 'later' && local && (!start || start.getTime() < Date.now() + 30_000);
  const missing = estimate.data?.estimate?.missing;
  const short = missing && !isZero(missing);

  const launch = useAction(async () => {
    const rate = Number(form.maxRate) || 0;
    const finishWithin = spreadOf(form);
    if (rate !== campaign.maxRate || finishWithin !== campaign.finishWithin) await patch(`/campaigns/${campaign.id}`, { maxRate: rate, finishWithin });
    const launched = await post(`/campaigns/${campaign.id}:launch`, start ? { startTime: start.toISOString() } : {});
    drop(campaign.id);
    window.dispatchEvent(new Event('herald:money'));
    toast(t(launched.status === 'SCHEDULED' ? 'launch.scheduled' : 'launch.launched'));
    go(`/campaigns/${campaign.id}`);
  });

  const people = estimate.data?.recipients ?? campaign.audience;
  const label = form.type === 'API' ? t('launch.api') : when === 'later' ? t('launch.later', { n: people }) : t('launch.now', { n: people });
  const blocked = (form.type === 'BROADCAST' && (!estimate.data || short || people === 0)) || (when === 'later' && (!start || late));

  return html`
    <${Step} id="launch" guarded lead=${form.type === 'API' ? t('launch.api.lead') : undefined} back=${back} onNext=${() => launch.run()} next=${label} busy=${launch.busy} disabled=${blocked} error=${launch.error}>
      ${form.type === 'BROADCAST' && html`
        <${Loaded} resource=${estimate}>${(data) => html`<${Estimate} data=${data} />`}<//>
        ${short && html`<${Notice} kind="warning" title=${t('launch.short', { missing: money(missing) })} actions=${html`<${Button} small icon="wallet" href=${`/wallet?need=${missing.micros}&back=${encodeURIComponent(location.pathname + location.search)}`}>${t('wallet.topUp')}<//><${Button} small icon="refresh" onClick=${estimate.reload}>${t('launch.checkAgain')}<//>`}>${t('launch.short.text')}<//>`}
        <${Choice} legend=${t('launch.when')} value=${when} onInput=${setWhen} options=${[
          { value: 'now', title: t('launch.when.now'), text: t('launch.when.now.text'), icon: 'play' },
          { value: 'later', title: t('launch.when.later'), text: t('launch.when.later.text'), icon: 'clock' },
        ]} />
        ${when === 'later' && html`
          <${Field} label=${t('launch.start')} hint=${start && !late ? exactTime(start) : t('launch.start.hint', { zone: zoneName() })} error=${late ? t('launch.start.past') : undefined}>
            ${(ids) => html`<input class="input input-time" type="datetime-local" ...${ids} value=${local} onInput=${(event) => setLocal(event.currentTarget.value)} />`}
          <//>`}`}
      ${form.type === 'API' && html`<${ApiCall} campaign=${campaign} form=${form} />`}
      <${TextField} label=${t('launch.rate')} optional inputmode="numeric" class="field-short" hint=${t('launch.rate.hint', { rate: channel.rate })} value=${form.maxRate} onInput=${(maxRate) => /^\d{0,4}$/.test(maxRate) && change({ maxRate })} />
      ${form.type === 'BROADCAST' && html`<${TextField} label=${t('launch.spread')} optional inputmode="decimal" class="field-short" hint=${t('launch.spread.hint')} value=${form.spreadHours} onInput=${(spreadHours) => /^\d{0,3}([.]\d{0,2})?$/.test(spreadHours) && change({ spreadHours })} />`}
      <${TestMessage} campaign=${campaign} form=${form} />
    <//>`;
}

function Estimate({ data }) {
  const { estimate } = data;
  const columns = [
    { id: 'country', title: t('countries.country'), phone: 'title', cell: (row) => html`${country(row.country)}${row.market && row.market !== country(row.country) && html` <span class="faint">${row.market}</span>`}` },
    { id: 'messages', title: t('launch.messages'), class: 'cell-number', cell: (row) => count(row.messages) },
    { id: 'price', title: t('cost.price'), class: 'cell-number', cell: (row) => html`<${Amount} money=${row.unitPrice} />` },
    { id: 'amount', title: t('launch.amount'), class: 'cell-number', cell: (row) => html`<${Amount} money=${row.amount} />` },
  ];
  return html`
    <dl class="import-figures">
      <div><dt>${t('launch.people')}</dt><dd class="figure">${count(data.recipients)}</dd></div>
      <div><dt>${t('launch.total')}</dt><dd class="figure">${money(estimate?.total)}</dd></div>
      <div><dt>${t('launch.available')}</dt><dd class=${`figure ${estimate && !isZero(estimate.missing) ? 'is-bad' : 'is-good'}`}>${money(estimate?.available)}</dd></div>
      ${data.skipped > 0 && html`<div><dt>${t('launch.skipped')}</dt><dd class="figure">${count(data.skipped)}</dd></div>`}
    </dl>
    ${estimate?.countries?.length > 0 && html`<${Table} caption=${t('launch.byCountry')} class="table-plain" columns=${columns} rows=${estimate.countries} keyOf=${(row) => row.country} />`}
    <ul class="bullets faint">
      ${estimate && html`<li>${t('launch.category', { category: word('category', estimate.category), card: estimate.rateCard })}</li>`}
      ${(estimate?.assumptions ?? []).map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}
    </ul>`;
}

/** One message to one number, to see it on a phone before everybody does. */
function TestMessage({ campaign, form }) {
  const [phone, setPhone] = useState('');
  const [result, setResult] = useState(null);
  const sample = useResource(campaign.audience ? `sample ${campaign.id}` : null, async (signal) => (await get(`/campaigns/${campaign.id}/recipients`, { pageSize: 1 }, signal)).recipients?.[0] ?? null);
  const test = useAction(async () => {
    setResult(null);
    const values = form.type === 'API' ? Object.fromEntries(Object.entries(form.bindings).map(([key, binding]) => [key, binding.text || binding.fallback || key])) : sample.data?.parameters ?? {};
    setResult(await post(`/campaigns/${campaign.id}:test`, { recipient: { phone: phone.trim(), name: sample.data?.name ?? '', parameters: values }, requestId: requestId() }));
  });
  return html`
    <details class="test-message">
      <summary>${t('test.title')}</summary>
      <div class="stack-small">
        <p class="faint">${t('test.text')}</p>
        <div class="row test-row">
          <${TextField} hideLabel label=${t('test.phone')} type="tel" placeholder="+91 98123 45678" dir="ltr" value=${phone} onInput=${setPhone} />
          <${Button} busy=${test.busy} disabled=${!phone.trim()} onClick=${test.run}>${t('test.send')}<//>
        </div>
        ${test.error && html`<${Failure} error=${test.error} />`}
        ${result && (result.accepted ? html`<${Notice} kind="good" role="status" title=${t('test.accepted')} />` : html`<${Notice} kind="warning" role="status" title=${t('test.refused')}>${result.errorMessage} (${String(result.errorCode)})<//>`)}
      </div>
    </details>`;
}
