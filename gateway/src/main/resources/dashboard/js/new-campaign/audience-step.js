import { useEffect, useRef, useState } from '../vendor.js';
import { get, post, upload, url } from '../api.js';
import { count, percent } from '../format.js';
import { t } from '../i18n/index.js';
import { RETARGETS, retargeted } from '../campaigns/retarget.js';
import { Button, Checkbox, Choice, Select, TextField } from '../ui/controls.js';
import { useAction, useResource, useSettled } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icons.js';
import { Failure, Loaded, Notice } from '../ui/notice.js';
import { RegionSelect } from '../ui/regions.js';
import { Table } from '../ui/table.js';
import { importOf } from './draft.js';
import { Step } from './step.js';

const POLL_MS = 700;

/** Who it goes to: a file, contacts, or people of an earlier campaign. */
export function AudienceStep({ campaign, form, change, forward, back, query, onSaved }) {
  const [source, setSource] = useState(query.get('from') ? 'campaign' : 'file');
  const imported = useResource(`import ${campaign.id}`, async (signal) => (campaign.audience > 0 || campaign.audienceColumns?.length > 0 ? importOf(campaign.id, signal) : null));
  const done = async (result) => {
    imported.set(result);
    onSaved(await get(`/campaigns/${campaign.id}`));
  };
  const ready = campaign.audience > 0;
  return html`
    <${Step} id="audience" back=${back} onNext=${forward} disabled=${!ready} next=${ready ? t('new.audience.next', { n: campaign.audience }) : t('new.next')}>
      <${Choice} legend=${t('new.audience.source')} value=${source} onInput=${setSource} options=${[
        { value: 'file', title: t('new.audience.file'), text: t('new.audience.file.text'), icon: 'file' },
        { value: 'contacts', title: t('new.audience.contacts'), text: t('new.audience.contacts.text'), icon: 'contacts' },
        { value: 'campaign', title: t('new.audience.campaign'), text: t('new.audience.campaign.text'), icon: 'retarget' },
      ]} />
      ${source === 'file' && html`<${FileSource} campaign=${campaign} form=${form} change=${change} onDone=${done} />`}
      ${source === 'contacts' && html`<${ContactSource} campaign=${campaign} onDone=${done} />`}
      ${source === 'campaign' && html`<${CampaignSource} campaign=${campaign} query=${query} onDone=${done} />`}
      <${Loaded} resource=${imported} lines=${2}>${(result) => result && html`<${ImportResult} campaign=${campaign} result=${result} />`}<//>
    <//>`;
}

function FileSource({ campaign, form, change, onDone }) {
  const [over, setOver] = useState(false);
  const [progress, setProgress] = useState(null);
  const stop = useRef(null);
  const input = useRef(null);
  useEffect(() => () => stop.current?.abort(), []);

  const sending = useAction(async (file) => {
    stop.current = new AbortController();
    setProgress({ name: file.name, sent: 0, read: 0 });
    // The answer comes when the file has been read; how far that is stands in the import itself.
    const poll = setInterval(async () => {
      const state = await importOf(campaign.id).catch(() => null);
      if (state?.state === 'RUNNING') setProgress((now) => now && { ...now, read: state.percent / 100 });
    }, POLL_MS);
    try {
      const query = { defaultRegion: form.defaultRegion };
      const result = await upload(`/campaigns/${campaign.id}/audience`, query, file, 'text/csv', (sent) => setProgress((now) => now && { ...now, sent }), stop.current.signal);
      if (result.state === 'FAILED') throw Object.assign(new Error(result.failureMessage), { detail: result.failureMessage, reason: result.failureReason });
      await onDone(result);
    } finally {
      clearInterval(poll);
      setProgress(null);
      if (input.current) input.current.value = '';
    }
  });

  const take = (files) => files?.[0] && sending.run(files[0]);
  return html`
    <${RegionSelect} label=${t('new.region')} hint=${t('new.region.hint')} none=${t('new.region.none')} value=${form.defaultRegion} onInput=${(defaultRegion) => change({ defaultRegion })} />
    ${progress
      ? html`
        <div class="drop drop-busy" role="status">
          <strong class="break">${progress.name}</strong>
          <span>${progress.sent < 1 ? t('new.file.sending', { share: percent(progress.sent) }) : t('new.file.reading', { share: progress.read ? percent(progress.read) : '' })}</span>
          <progress class="progress" max="1" value=${progress.sent < 1 ? progress.sent : progress.read || undefined} aria-label=${t('progress.title')} />
          <${Button} small onClick=${() => stop.current.abort()}>${t('new.file.stop')}<//>
        </div>`
      : html`
        <label class=${`drop ${over ? 'is-over' : ''}`} onDragOver=${(event) => { event.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)}
          onDrop=${(event) => { event.preventDefault(); setOver(false); take(event.dataTransfer.files); }}>
          <${Icon} name="upload" />
          <strong>${t('new.file.drop')}</strong>
          <span class="faint">${t('new.file.format')}</span>
          <input ref=${input} class="visually-hidden" type="file" accept=".csv,text/csv,text/plain" onChange=${(event) => take(event.currentTarget.files)} />
        </label>`}
    ${sending.error && html`<${Failure} error=${sending.error} title=${t('new.file.failed')} />`}`;
}

function ContactSource({ campaign, onDone }) {
  const [tags, setTags] = useState('');
  const [text, setText] = useState('');
  const [activeOnly, setActiveOnly] = useState(campaign.messageType === 'REGULAR');
  const filter = { tags: tags.split(',').map((tag) => tag.trim()).filter(Boolean), text: text.trim(), activeOnly };
  const settled = useSettled(JSON.stringify(filter), 300);
  const matching = useResource(`count ${settled}`, (signal) => {
    const wanted = JSON.parse(settled);
    return get('/contacts:count', { 'filter.tags': wanted.tags, 'filter.text': wanted.text, 'filter.activeOnly': wanted.activeOnly }, signal);
  });
  const taking = useAction(async () => onDone(await post(`/campaigns/${campaign.id}/audience:fromContacts`, { filter })));
  const n = matching.data?.count ?? 0;
  return html`
    <div class="form-row">
      <${TextField} label=${t('new.contacts.tags')} optional hint=${t('new.contacts.tags.hint')} value=${tags} onInput=${setTags} />
      <${TextField} label=${t('new.contacts.text')} optional value=${text} onInput=${setText} />
    </div>
    <${Checkbox} label=${t('new.contacts.active')} hint=${t('new.contacts.active.hint')} checked=${activeOnly} onInput=${setActiveOnly} />
    ${matching.error ? html`<${Failure} error=${matching.error} onRetry=${matching.reload} />` : html`
      <p aria-live="polite">${t('new.contacts.match', { n, count: count(n) })} ${matching.data?.optedOut > 0 && html`<span class="faint">${t('new.contacts.optedOut', { n: matching.data.optedOut })}</span>`}</p>`}
    <div><${Button} icon="contacts" busy=${taking.busy} disabled=${n === 0} onClick=${taking.run}>${t('new.contacts.use', { n })}<//></div>
    ${taking.error && html`<${Failure} error=${taking.error} />`}`;
}

function CampaignSource({ campaign, query, onDone }) {
  const [from, setFrom] = useState(query.get('from') ?? '');
  const [show, setShow] = useState(RETARGETS.includes(query.get('show')) ? query.get('show') : 'unread');
  const earlier = useResource('campaigns for retargeting', async (signal) => (await get('/campaigns', { statuses: ['LIVE', 'PAUSED', 'SENT', 'STOPPED'], pageSize: 200 }, signal)).campaigns ?? []);
  const taking = useAction(async () => onDone(await post(`/campaigns/${campaign.id}/audience:fromCampaign`, { sourceCampaignId: from, ...retargeted(show) })));
  return html`
    <${Loaded} resource=${earlier} lines=${2}>
      ${(all) => html`
        <div class="form-row">
          <${Select} label=${t('new.retarget.from')} value=${from} onInput=${setFrom} options=${[{ value: '', label: t('new.retarget.choose') }, ...all.filter((one) => one.id !== campaign.id).map((one) => ({ value: one.id, label: one.name }))]} />
          <${Select} label=${t('new.retarget.who')} value=${show} onInput=${setShow} options=${RETARGETS.map((id) => ({ value: id, label: t(`show.${id}`) }))} hint=${t(`show.${show}.text`)} />
        </div>
        <div><${Button} icon="retarget" busy=${taking.busy} disabled=${!from} onClick=${taking.run}>${t('new.retarget.use')}<//></div>
        ${taking.error && html`<${Failure} error=${taking.error} />`}`}
    <//>`;
}

/** What came of it: how many people, and exactly which rows were left out and why. */
function ImportResult({ campaign, result }) {
  if (result.state === 'FAILED') return html`<${Notice} kind="danger" title=${t('new.file.failed')}>${result.failureMessage}<//>`;
  if (result.state === 'RUNNING') return html`<${Notice} title=${t('new.file.reading', { share: percent((result.percent ?? 0) / 100) })} />`;
  const figures = [['accepted', 'is-good'], ['duplicates', ''], ['rejected', result.rejected ? 'is-bad' : ''], ['optedOut', '']];
  const errors = result.rowErrors ?? [];
  return html`
    <section class="import" aria-label=${t('new.import.title')}>
      <h3>${t('new.import.title')}</h3>
      <div role="status"><dl class="import-figures">${figures.map(([id, look]) => html`<div key=${id}><dt>${t(`new.import.${id}`)}</dt><dd class=${`figure ${look}`}>${count(result[id] ?? 0)}</dd></div>`)}</dl></div>
      ${result.columns?.length > 0 && html`<p class="row"><span class="faint">${t('new.import.columns')}</span>${result.columns.map((column) => html`<span key=${column} class="tag mono" dir="auto">${column}</span>`)}</p>`}
      ${errors.length > 0 && html`
        <div class="row-apart"><h3>${t('new.import.errors', { n: result.rejected })}</h3>
          <${Button} small icon="download" href=${url(`/campaigns/${campaign.id}/audience/errors`, { format: 'csv' })} download>${t('new.import.download')}<//></div>
        <${Table} caption=${t('new.import.title')} class="table-stay table-plain" rows=${errors.slice(0, 20)} keyOf=${(error) => `${error.row} ${error.column}`} columns=${[
          { id: 'row', title: t('new.import.row'), class: 'cell-number', cell: (error) => count(error.row) },
          { id: 'column', title: t('new.import.column'), cell: (error) => html`<span class="mono">${error.column || '–'}</span>` },
          { id: 'message', title: t('new.import.message'), cell: (error) => error.message || error.reason },
        ]} />
        ${result.rejected > Math.min(20, errors.length) && html`<p class="faint">${t('new.import.more', { n: result.rejected - Math.min(20, errors.length) })}</p>`}`}
    </section>`;
}
