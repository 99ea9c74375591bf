import { useState } from '../vendor.js';
import { get, patch } from '../api.js';
import { country } from '../format.js';
import { t } from '../i18n/index.js';
import { may } from '../session.js';
import { Button, Field, TextField } from '../ui/controls.js';
import { useAction, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure, Loaded } from '../ui/notice.js';
import { RegionSelect } from '../ui/regions.js';
import { toast } from '../ui/toast.js';

/** What protects people from too many messages, and the number from their annoyance. */
export function SendingRules() {
  const rules = useResource('sending rules', (signal) => get('/sending-rules', {}, signal));
  return html`<${Loaded} resource=${rules}>${(data) => html`<${Rules} key=${data.version} rules=${data} onDone=${rules.set} />`}<//>`;
}

function Rules({ rules, onDone }) {
  const [form, setForm] = useState(() => ({
    from: rules.quietHours?.from ?? '',
    until: rules.quietHours?.until ?? '',
    messages: rules.frequencyCap?.messages ? String(rules.frequencyCap.messages) : '',
    days: rules.frequencyCap?.days ? String(rules.frequencyCap.days) : '',
    countries: rules.excluded?.countries ?? [],
    percent: rules.errorLimit?.percent ? String(rules.errorLimit.percent) : '',
  }));
  const change = (part) => setForm({ ...form, ...part });
  const saving = useAction(async () => {
    onDone(await patch('/sending-rules', {
      quietHours: { from: form.from, until: form.until },
      frequencyCap: { messages: Number(form.messages) || 0, days: Number(form.days) || 0 },
      excluded: { countries: form.countries },
      errorLimit: { percent: Number(form.percent) || 0 },
      expectedVersion: rules.version,
    }));
    toast(t('settings.saved'));
  });
  const submit = (event) => {
    event.preventDefault();
    if (!saving.busy) saving.run();
  };
  const owner = may('OWNER');
  const wrong = (field) => saving.error?.about?.(field);
  const number = (label, key, field) => html`<${TextField} label=${label} class="field-short" inputmode="numeric" disabled=${!owner} value=${form[key]} error=${wrong(field)} onInput=${(value) => /^\d{0,3}$/.test(value) && change({ [key]: value })} />`;
  const time = (label, key, field) => html`
    <${Field} label=${label} class="field-short" error=${wrong(field)}>
      ${(ids) => html`<input class="input input-time" type="time" ...${ids} disabled=${!owner} value=${form[key]} onInput=${(event) => change({ [key]: event.currentTarget.value })} />`}
    <//>`;
  return html`
    <form class="stack" onSubmit=${submit}>
      <div class="columns columns-even">
        <section class="card">
          <h2>${t('rules.quiet')}</h2>
          <p class="faint">${t('rules.quiet.text')}</p>
          <div class="row">${time(t('rules.from'), 'from', 'quietHours.from')}${time(t('rules.until'), 'until', 'quietHours.until')}</div>
        </section>
        <section class="card">
          <h2>${t('rules.cap')}</h2>
          <p class="faint">${t('rules.cap.text')}</p>
          <div class="row">${number(t('rules.messages'), 'messages', 'frequencyCap.messages')}${number(t('rules.days'), 'days', 'frequencyCap.days')}</div>
        </section>
        <section class="card">
          <h2>${t('rules.countries')}</h2>
          <p class="faint">${t('rules.countries.text')}</p>
          ${owner && html`<${RegionSelect} hideLabel label=${t('rules.countries.add')} none=${t('rules.countries.add')} value="" onInput=${(code) => code && !form.countries.includes(code) && change({ countries: [...form.countries, code].sort() })} />`}
          <div class="chips">${form.countries.map((code) => html`<button key=${code} type="button" class="chip" disabled=${!owner} aria-label=${t('rules.countries.remove', { country: country(code) })} onClick=${() => change({ countries: form.countries.filter((one) => one !== code) })}>${country(code)} ×</button>`)}</div>
        </section>
        <section class="card">
          <h2>${t('rules.errors')}</h2>
          <p class="faint">${t('rules.errors.text')}</p>
          ${number(t('rules.percent'), 'percent', 'errorLimit.percent')}
        </section>
      </div>
      ${saving.error && html`<${Failure} error=${saving.error} />`}
      ${owner ? html`<div><${Button} kind="primary" type="submit" busy=${saving.busy}>${t('action.save')}<//></div>` : html`<p class="faint">${t('settings.ownersOnly')}</p>`}
    </form>`;
}
