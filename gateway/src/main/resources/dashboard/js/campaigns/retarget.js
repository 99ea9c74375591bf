import { useState } from '../vendor.js';
import { t } from '../i18n/index.js';
import { go } from '../router.js';
import { Button, Choice } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { html } from '../ui/html.js';
import { AUDIENCES } from './metrics.js';

/** Outcomes that are worth another message. */
export const RETARGETS = ['unread', 'read', 'undelivered', 'failed', 'replied', 'clicked', 'unconverted', 'converted'];

/** What to ask for, to get the people of an outcome into a campaign. */
export function retargeted(show) {
  if (show === 'unconverted') return { filter: AUDIENCES.clicked, converted: 'NOT_CONVERTED' };
  if (show === 'converted') return { filter: {}, converted: 'CONVERTED' };
  return { filter: AUDIENCES[show] };
}

/** Starts a new campaign for the people of this one with a certain outcome. */
export function RetargetButton({ campaign }) {
  const [open, setOpen] = useState(false);
  const [show, setShow] = useState('unread');
  return html`
    <${Button} icon="retarget" onClick=${() => setOpen(true)}>${t('retarget.title')}<//>
    ${open && html`
      <${Dialog} wide title=${t('retarget.heading')} onClose=${() => setOpen(false)} actions=${html`
        <${Button} onClick=${() => setOpen(false)}>${t('action.cancel')}<//>
        <${Button} kind="primary" onClick=${() => go(`/campaigns/new?from=${campaign.id}&show=${show}`)}>${t('retarget.go')}<//>`}>
        <p>${t('retarget.text')}</p>
        <${Choice} hideLegend legend=${t('recipients.outcome')} value=${show} onInput=${setShow} options=${RETARGETS.map((id) => ({ value: id, title: t(`show.${id}`), text: t(`show.${id}.text`) }))} />
      <//>`}`;
}
