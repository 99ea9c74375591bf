import { useState } from '../vendor.js';
import { get, patch } from '../api.js';
import { decimalOf, isZero, money, parseMicros } from '../format.js';
import { t } from '../i18n/index.js';
import { usePlace } from '../router.js';
import { may } from '../session.js';
import { Button, TextField } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { useAction, usePageTitle, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure, Loaded, Notice } from '../ui/notice.js';
import { Amount } from '../ui/text.js';
import { toast } from '../ui/toast.js';
import { Entries } from './entries.js';
import { Statement } from './statement.js';
import { TopUp } from './top-up.js';

/** The workspace's money: what is free, what is set aside, what was taken and why. */
export default function WalletPage() {
  usePageTitle(t('wallet.title'));
  const { query } = usePlace();
  const wallet = useResource('wallet page', (signal) => get('/wallet', {}, signal));
  const [topUp, setTopUp] = useState(query.has('need') && may('OWNER'));
  const [generation, setGeneration] = useState(0);

  const changed = (now) => {
    wallet.set(now);
    setGeneration((n) => n + 1);
    window.dispatchEvent(new Event('herald:money'));
  };
  return html`
    <div class="page-head">
      <h1 tabindex="-1">${t('wallet.title')}</h1>
      <div class="page-actions">
        ${may('OWNER') ? html`<${Button} kind="primary" icon="plus" disabled=${!wallet.data} onClick=${() => setTopUp(true)}>${t('wallet.topUp')}<//>` : html`<span class="faint">${t('wallet.ownersTopUp')}</span>`}
      </div>
    </div>
    <${Loaded} resource=${wallet}>
      ${(data) => html`
        ${data.lowBalance && html`<${Notice} kind="warning" title=${t('wallet.low')}>${t('wallet.low.text', { threshold: money(data.lowBalanceThreshold) })}<//>`}
        <${Balances} wallet=${data} onChange=${changed} />
        ${topUp && html`<${TopUp} wallet=${data} need=${query.get('need')} back=${query.get('back')} onDone=${changed} onClose=${() => setTopUp(false)} />`}`}
    <//>
    <${Entries} generation=${generation} />
    <${Statement} />`;
}

function Balances({ wallet, onChange }) {
  const [editing, setEditing] = useState(false);
  const figures = ['available', 'reserved', 'charged', 'toppedUp'];
  return html`
    <div class="tiles wallet-tiles">
      ${figures.map((id) => html`
        <div key=${id} class=${`tile tile-still ${id === 'available' && wallet.lowBalance ? 'is-low' : ''}`}>
          <span class="tile-name">${t(`wallet.${id}`)}</span>
          <span class="tile-value figure">${money(wallet[id])}</span>
          <span class="tile-text">${t(`wallet.${id}.text`)}</span>
        </div>`)}
    </div>
    <div class="row-apart faint">
      <span>${!isZero(wallet.adjusted) && html`${t('wallet.adjusted')} <${Amount} money=${wallet.adjusted} /> · `}${t(wallet.chargeBasis === 'ON_DELIVERED' ? 'wallet.basis.ON_DELIVERED' : 'wallet.basis.ON_SENT')}${wallet.markupPpm > 0 ? ` · ${t('wallet.markup', { share: String(wallet.markupPpm / 10_000) })}` : ''}</span>
      <span>${isZero(wallet.lowBalanceThreshold) ? t('wallet.noThreshold') : t('wallet.threshold', { threshold: money(wallet.lowBalanceThreshold) })}
        ${may('OWNER') && html` <button type="button" class="link-button" onClick=${() => setEditing(true)}>${t('action.change')}</button>`}</span>
    </div>
    ${editing && html`<${ThresholdDialog} wallet=${wallet} onDone=${onChange} onClose=${() => setEditing(false)} />`}`;
}

function ThresholdDialog({ wallet, onDone, onClose }) {
  const { currency } = wallet.available;
  const [amount, setAmount] = useState(isZero(wallet.lowBalanceThreshold) ? '' : decimalOf(wallet.lowBalanceThreshold.micros).replace(/\.?0+$/, ''));
  const micros = amount.trim() === '' ? '0' : parseMicros(amount);
  const saving = useAction(async () => {
    onDone(await patch('/wallet', { lowBalanceThreshold: { currency, micros } }));
    toast(t('wallet.threshold.saved'));
    onClose();
  });
  return html`
    <${Dialog} title=${t('wallet.threshold.title')} onClose=${onClose} actions=${html`
      <${Button} onClick=${onClose}>${t('action.cancel')}<//><${Button} kind="primary" busy=${saving.busy} disabled=${micros === null} onClick=${saving.run}>${t('action.save')}<//>`}>
      <${TextField} label=${t('wallet.threshold.amount', { currency })} inputmode="decimal" hint=${t('wallet.threshold.hint')} value=${amount} onInput=${setAmount} error=${micros === null ? t('wallet.amount.wrong') : undefined} autofocus />
      ${saving.error && html`<${Failure} error=${saving.error} />`}
    <//>`;
}
