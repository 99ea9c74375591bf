import { useState } from '../vendor.js';
import { post } from '../api.js';
import { count } from '../format.js';
import { t } from '../i18n/index.js';
import { may } from '../session.js';
import { Menu } from '../ui/controls.js';
import { Confirm, Dialog } from '../ui/dialog.js';
import { useAction } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure } from '../ui/notice.js';
import { toast } from '../ui/toast.js';

const FINAL = ['SENT', 'STOPPED'];

/**
 * Pause, resume, stop. The answer of pause and stop comes when no message is on its way any more, so "Pausing…" stays
 * until that is true.
 */
export function SetStatus({ campaign, analytics, onChange }) {
  const [asking, setAsking] = useState(false);
  const change = useAction(async (verb) => {
    const answer = await post(`/campaigns/${campaign.id}:${verb}`);
    onChange(answer);
    setAsking(false);
    toast(answer.inFlight > 0 ? t('setStatus.inFlight', { n: answer.inFlight }) : t(`setStatus.done.${verb}`));
    window.dispatchEvent(new Event('herald:money'));
  });

  const allowed = may('OPERATOR');
  const final = FINAL.includes(campaign.status);
  const items = [
    { label: t('setStatus.pause'), text: t('setStatus.pause.text'), icon: 'pause', disabled: !['LIVE', 'SCHEDULED'].includes(campaign.status), onSelect: () => change.run('pause') },
    { label: t('setStatus.resume'), text: t('setStatus.resume.text'), icon: 'play', disabled: campaign.status !== 'PAUSED', onSelect: () => change.run('resume') },
    { label: t('setStatus.stop'), text: t('setStatus.stop.text'), icon: 'stop', danger: true, disabled: final, onSelect: () => setAsking(true) },
  ];
  const reason = !allowed ? t('setStatus.needsOperator') : final ? t(`setStatus.final.${campaign.status}`) : undefined;

  return html`
    <${Menu} label=${t('setStatus.title')} kind="primary" busy=${change.busy && !asking} items=${items} buttonProps=${{ disabled: Boolean(reason), title: reason }} />
    ${change.error && !asking && html`<${Dialog} title=${t('setStatus.failed')} onClose=${change.clear}><${Failure} error=${change.error} /><//>`}
    ${asking && html`
      <${Confirm} danger title=${t('stop.title', { name: campaign.name })} confirm=${t('stop.confirm')} busy=${change.busy} error=${change.error}
        onConfirm=${() => change.run('stop')} onClose=${() => { change.clear(); setAsking(false); }}>
        <p><strong>${t('stop.final')}</strong></p>
        <ul class="bullets">
          ${campaign.type === 'BROADCAST' && html`<li>${t('stop.pending', { n: analytics.pending, count: count(analytics.pending) })}</li>`}
          ${campaign.type === 'API' && html`<li>${t('stop.api')}</li>`}
          <li>${t('stop.money')}</li>
          <li>${t('stop.results')}</li>
        </ul>
        <p class="faint">${t('stop.pauseInstead')}</p>
      <//>`}`;
}
