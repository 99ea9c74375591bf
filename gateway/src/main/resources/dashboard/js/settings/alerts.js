import { useState } from '../vendor.js';
import { get, patch, post } from '../api.js';
import { t } from '../i18n/index.js';
import { may } from '../session.js';
import { Button, Checkbox, Field } from '../ui/controls.js';
import { useAction, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure, Loaded, Notice } from '../ui/notice.js';
import { Ago } from '../ui/text.js';
import { toast } from '../ui/toast.js';

const KINDS = ['CAMPAIGN_PAUSED', 'CAMPAIGN_FINISHED', 'LOW_BALANCE', 'BALANCE_RESTORED', 'OVERDRAWN', 'TEMPLATE_CHANGED', 'CHANNEL_CHANGED'];

/** Who gets alerts by e-mail, and which. */
export function AlertSettings() {
  const settings = useResource('alert settings', (signal) => get('/alertSettings', {}, signal));
  return html`<${Loaded} resource=${settings}>${(data) => html`<${Form} settings=${data} onDone=${settings.set} />`}<//>`;
}

function Form({ settings, onDone }) {
  const owner = may('OWNER');
  const [emails, setEmails] = useState(() => (settings.emails ?? []).join('\n'));
  const [kinds, setKinds] = useState(() => (settings.kinds?.length ? settings.kinds : KINDS));
  const saving = useAction(async () => {
    onDone(await patch('/alertSettings', {
      emails: emails.split(/[\s,;]+/).filter(Boolean),
      kinds: kinds.length === KINDS.length ? [] : kinds,
    }));
    toast(t('settings.saved'));
  });
  const testing = useAction(async () => {
    await post('/alerts:test', {});
    toast(t('alerts.test.done'));
  });
  const submit = (event) => {
    event.preventDefault();
    if (!saving.busy) saving.run();
  };
  const usable = owner && settings.emailConfigured;
  return html`
    <p class="lead">${t('alerts.lead')}</p>
    ${!settings.emailConfigured && html`<${Notice} title=${t('alerts.noMail')}>${t('alerts.noMail.text')}<//>`}
    ${settings.lastEmailError && html`<${Notice} kind="danger" title=${t('alerts.mailFailed')}><span class="break">${settings.lastEmailError}</span> <${Ago} time=${settings.lastEmailErrorTime} /><//>`}
    <form class="card stack" onSubmit=${submit}>
      <h2>${t('alerts.email')}</h2>
      <${Field} label=${t('alerts.addresses')} hint=${t('alerts.addresses.hint')} error=${saving.error?.about?.('emails')}>
        ${(ids) => html`<textarea class="input" rows="4" dir="ltr" ...${ids} disabled=${!usable} value=${emails} onInput=${(event) => setEmails(event.currentTarget.value)}></textarea>`}
      <//>
      <fieldset class="stack-small"><legend class="field-label">${t('alerts.kinds')}</legend>
        ${KINDS.map((kind) => html`<${Checkbox} key=${kind} disabled=${!usable} label=${t(`alerts.kind.${kind}`)} checked=${kinds.includes(kind)} onInput=${(on) => setKinds(on ? [...kinds, kind] : kinds.filter((one) => one !== kind))} />`)}
      </fieldset>
      ${saving.error && html`<${Failure} error=${saving.error} />`}
      ${testing.error && html`<${Failure} error=${testing.error} />`}
      <div class="row">
        ${usable && html`<${Button} kind="primary" type="submit" busy=${saving.busy} disabled=${kinds.length === 0}>${t('action.save')}<//>`}
        <${Button} busy=${testing.busy} onClick=${testing.run}>${t('alerts.test')}<//>
      </div>
      ${!owner && html`<p class="faint">${t('settings.ownersOnly')}</p>`}
    </form>`;
}
