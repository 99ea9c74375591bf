import { useState } from '../vendor.js';
import { post, requestId } from '../api.js';
import { money, parseMicros } from '../format.js';
import { t } from '../i18n/index.js';
import { go } from '../router.js';
import { Button, TextField } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { useAction } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure } from '../ui/notice.js';
import { toast } from '../ui/toast.js';

const USUAL = ['50', '100', '500', '1000'];

/** Rounds what is missing up to a whole unit. */
const wholeUnits = (micros) => (/^\d+$/.test(micros ?? '') ? String((BigInt(micros) + 999_999n) / 1_000_000n) : '');

/** Adds money. However often the button is pressed, it is added once: every opening of the dialog is one request. */
export function TopUp({ wallet, need, back, onDone, onClose }) {
  const { currency } = wallet.available;
  const [amount, setAmount] = useState(wholeUnits(need));
  const [note, setNote] = useState('');
  const [id] = useState(requestId);
  const micros = parseMicros(amount);
  const valid = micros !== null && BigInt(micros) > 0n;

  const adding = useAction(async () => {
    const answer = await post('/wallet:topUp', { amount: { currency, micros }, note: note.trim(), requestId: `${id}-${micros}` });
    onDone(answer);
    toast(t('topUp.done', { amount: money({ currency, micros }) }));
    onClose();
    if (back && /^\/(?![/\\])/.test(back)) go(back);
  });
  return html`
    <${Dialog} title=${t('topUp.title')} onClose=${onClose} actions=${html`
      <${Button} onClick=${onClose}>${t('action.cancel')}<//>
      <${Button} kind="primary" busy=${adding.busy} disabled=${!valid} onClick=${adding.run}>${valid ? t('topUp.add', { amount: money({ currency, micros }) }) : t('wallet.topUp')}<//>`}>
      <p class="faint">${t('topUp.text')}</p>
      <${TextField} label=${t('topUp.amount', { currency })} inputmode="decimal" value=${amount} onInput=${setAmount} error=${amount && !valid ? t('wallet.amount.wrong') : undefined} autofocus />
      <div class="chips" role="group" aria-label=${t('topUp.usual')}>${USUAL.map((usual) => html`<button key=${usual} type="button" class="chip" aria-pressed=${amount === usual ? 'true' : 'false'} onClick=${() => setAmount(usual)}>${money({ currency, micros: parseMicros(usual) }).replace(/[.,]00\b/, '')}</button>`)}</div>
      <${TextField} label=${t('topUp.note')} optional maxlength="200" hint=${t('topUp.note.hint')} value=${note} onInput=${setNote} />
      ${valid && html`<p>${t('topUp.after', { amount: money({ currency, micros: (BigInt(wallet.available.micros) + BigInt(micros)).toString() }) })}</p>`}
      ${adding.error && html`<${Failure} error=${adding.error} />`}
    <//>`;
}
