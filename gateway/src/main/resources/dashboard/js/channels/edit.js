import { useState } from '../vendor.js';
import { patch } from '../api.js';
import { t } from '../i18n/index.js';
import { Button, TextField } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { useAction } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure } from '../ui/notice.js';
import { toast } from '../ui/toast.js';

/** Name, rate and secrets; a secret left empty stays as it is. */
export function EditDialog({ channel, onDone, onClose }) {
  const [name, setName] = useState(channel.name);
  const [rate, setRate] = useState(String(channel.rate));
  const [accessToken, setAccessToken] = useState('');
  const [appSecret, setAppSecret] = useState('');
  const saving = useAction(async () => {
    const changed = await patch(`/channels/${channel.id}`, {
      name: name.trim(), rate: Number(rate), ...(accessToken ? { accessToken } : {}), ...(appSecret ? { appSecret } : {}),
    });
    onDone(changed);
    toast(t('channels.saved'));
    onClose();
  });
  const valid = name.trim() && Number(rate) >= 1 && Number(rate) <= 1000;
  return html`
    <${Dialog} title=${t('channels.edit')} onClose=${onClose} actions=${html`
      <${Button} onClick=${onClose}>${t('action.cancel')}<//><${Button} kind="primary" busy=${saving.busy} disabled=${!valid} onClick=${saving.run}>${t('action.save')}<//>`}>
      <${TextField} label=${t('channels.name')} maxlength="100" value=${name} onInput=${setName} autofocus />
      <${TextField} label=${t('channels.rate')} inputmode="numeric" hint=${t('channels.rate.hint')} value=${rate} onInput=${(value) => /^\d{0,4}$/.test(value) && setRate(value)} />
      <${TextField} label=${t('channels.newToken')} optional type="password" autocomplete="off" dir="ltr" hint=${t('channels.keepSecret')} value=${accessToken} onInput=${(value) => setAccessToken(value.trim())} />
      ${channel.ownApp && html`<${TextField} label=${t('channels.newAppSecret')} optional type="password" autocomplete="off" dir="ltr" hint=${t('channels.keepSecret')} value=${appSecret} onInput=${(value) => setAppSecret(value.trim())} />`}
      ${saving.error && html`<${Failure} error=${saving.error} />`}
    <//>`;
}
