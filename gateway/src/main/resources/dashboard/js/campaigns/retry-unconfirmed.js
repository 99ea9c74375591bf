import { useState } from '../vendor.js';
import { post } from '../api.js';
import { t } from '../i18n/index.js';
import { Button, Checkbox } from '../ui/controls.js';
import { Confirm } from '../ui/dialog.js';
import { useAction } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { toast } from '../ui/toast.js';

/** Herald never sends to the unconfirmed again by itself, since some may have the message; a person may decide to. */
export function RetryUnconfirmed({ campaign, onDone }) {
  const [asking, setAsking] = useState(false);
  const [accepted, setAccepted] = useState(false);
  const retry = useAction(async () => {
    const answer = await post(`/campaigns/${campaign.id}:retryUnconfirmed`, { acceptDuplicates: true });
    toast(t('retry.done', { n: answer.queued ?? 0 }));
    setAsking(false);
    onDone();
  });
  return html`
    <${Button} icon="refresh" onClick=${() => setAsking(true)}>${t('retry.title')}<//>
    ${asking && html`
      <${Confirm} danger title=${t('retry.title')} confirm=${t('retry.confirm')} disabled=${!accepted} busy=${retry.busy} error=${retry.error} onConfirm=${retry.run} onClose=${() => setAsking(false)}>
        <p>${t('retry.text')}</p>
        <${Checkbox} label=${t('retry.accept')} checked=${accepted} onInput=${setAccepted} />
      <//>`}`;
}
