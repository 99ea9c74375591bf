import { useState } from '../vendor.js';
import { post, requestId } from '../api.js';
import { t } from '../i18n/index.js';
import { Button, Checkbox, CopyButton, TextField } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { useAction } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure, Notice } from '../ui/notice.js';

const EMPTY = { name: '', phoneNumberId: '', wabaId: '', accessToken: '', appSecret: '', rate: '', simulated: false };

/** Connects a number: Herald asks WhatsApp about it at once and refuses what WhatsApp refuses. */
export function ConnectDialog({ onDone, onClose }) {
  const [form, setForm] = useState(EMPTY);
  const [ownApp, setOwnApp] = useState(false);
  const [connected, setConnected] = useState(null);
  const [id, setId] = useState(requestId);
  const set = (part) => setForm((now) => ({ ...now, ...part }));

  const connecting = useAction(async () => {
    try {
      const body = { ...form, appSecret: ownApp ? form.appSecret : '', rate: Number(form.rate) || 0, requestId: id };
      setConnected(await post('/channels', body));
      onDone();
    } catch (error) {
      setId(requestId());
      throw error;
    }
  });
  if (connected) return html`<${Connected} channel=${connected} onClose=${onClose} />`;

  const about = (field) => connecting.error?.about?.(field);
  const complete = form.name.trim() && /^\d{1,32}$/.test(form.phoneNumberId) && /^\d{1,32}$/.test(form.wabaId) && form.accessToken && (!ownApp || form.appSecret);
  return html`
    <${Dialog} wide title=${t('channels.connect')} onClose=${onClose} actions=${html`
      <${Button} onClick=${onClose}>${t('action.cancel')}<//><${Button} kind="primary" busy=${connecting.busy} disabled=${!complete} onClick=${connecting.run}>${t('channels.connect.go')}<//>`}>
      <p>${t('channels.connect.text')}</p>
      <${TextField} label=${t('channels.name')} maxlength="100" hint=${t('channels.name.hint')} value=${form.name} onInput=${(name) => set({ name })} error=${about('name')} autofocus />
      <div class="form-row">
        <${TextField} label=${t('channels.phoneNumberId')} inputmode="numeric" dir="ltr" value=${form.phoneNumberId} onInput=${(value) => set({ phoneNumberId: value.trim() })} error=${about('phoneNumberId')} />
        <${TextField} label=${t('channels.wabaId')} inputmode="numeric" dir="ltr" value=${form.wabaId} onInput=${(value) => set({ wabaId: value.trim() })} error=${about('wabaId')} />
      </div>
      <${TextField} label=${t('channels.token')} type="password" autocomplete="off" dir="ltr" hint=${t('channels.token.hint')} value=${form.accessToken} onInput=${(value) => set({ accessToken: value.trim() })} error=${about('accessToken')} />
      <${TextField} label=${t('channels.rate')} optional inputmode="numeric" class="field-short" hint=${t('channels.rate.hint')} value=${form.rate} onInput=${(rate) => /^\d{0,4}$/.test(rate) && set({ rate })} error=${about('rate')} />
      <${Checkbox} label=${t('channels.simulated')} hint=${t('channels.simulated.hint')} checked=${form.simulated} onInput=${(simulated) => set({ simulated })} />
      <${Checkbox} label=${t('channels.ownApp')} hint=${t('channels.ownApp.hint')} checked=${ownApp} onInput=${setOwnApp} />
      ${ownApp && html`<${TextField} label=${t('channels.appSecret')} type="password" autocomplete="off" dir="ltr" value=${form.appSecret} onInput=${(value) => set({ appSecret: value.trim() })} error=${about('appSecret')} />`}
      ${connecting.error && html`<${Failure} error=${connecting.error} />`}
    <//>`;
}

function Connected({ channel, onClose }) {
  const webhook = location.origin + (channel.webhookPath || '/webhooks/whatsapp');
  return html`
    <${Dialog} wide title=${t('channels.connected', { name: channel.name })} onClose=${onClose} actions=${html`<${Button} kind="primary" onClick=${onClose}>${t('action.done')}<//>`}>
      <${Notice} kind="good" title=${channel.verifiedName || channel.displayPhoneNumber}>${t('channels.connected.text')}<//>
      ${!channel.simulated && html`
        <p>${t('channels.connected.webhook')}</p>
        <div class="secret"><code dir="ltr">${webhook}</code><${CopyButton} text=${webhook} /></div>`}
      ${channel.verifyToken && html`
        <p>${t('channels.connected.verify')}</p>
        <div class="secret"><code dir="ltr">${channel.verifyToken}</code><${CopyButton} text=${channel.verifyToken} /></div>
        <${Notice} kind="warning">${t('secret.once')}<//>`}
    <//>`;
}
