import { useMemo, useState } from '../vendor.js';
import { get, patch } from '../api.js';
import { useTimeZone } from '../format.js';
import { t } from '../i18n/index.js';
import { loadMe, may } from '../session.js';
import { Button, Choice, Select, TextField } from '../ui/controls.js';
import { useAction, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure, Loaded } from '../ui/notice.js';
import { toast } from '../ui/toast.js';

// Browsers list some zones by names their places no longer have.
const RENAMED = {
  'Africa/Asmera': 'Africa/Asmara', 'America/Godthab': 'America/Nuuk', 'Asia/Calcutta': 'Asia/Kolkata', 'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon', 'Asia/Saigon': 'Asia/Ho_Chi_Minh', 'Atlantic/Faeroe': 'Atlantic/Faroe', 'Europe/Kiev': 'Europe/Kyiv', 'Pacific/Truk': 'Pacific/Chuuk', 'Pacific/Ponape': 'Pacific/Pohnpei',
};

/** Name, time zone and what is charged for. */
export function WorkspaceSettings() {
  const workspace = useResource('workspace', (signal) => get('/workspace', {}, signal));
  const wallet = useResource('wallet settings', (signal) => get('/wallet', {}, signal));
  return html`
    <div class="columns columns-even">
      <${Loaded} resource=${workspace}>${(data) => html`<${General} workspace=${data} onDone=${workspace.set} />`}<//>
      <${Loaded} resource=${wallet}>${(data) => html`<${ChargeBasis} wallet=${data} onDone=${wallet.set} />`}<//>
    </div>`;
}

function General({ workspace, onDone }) {
  const [name, setName] = useState(workspace.name);
  const [zone, setZone] = useState(workspace.timeZone);
  const zones = useMemo(() => {
    const known = Intl.supportedValuesOf('timeZone').map((zone) => RENAMED[zone] ?? zone).sort();
    return [...new Set([workspace.timeZone, 'UTC', ...known])].filter(Boolean).map((value) => ({ value, label: value.replaceAll('_', ' ') }));
  }, [workspace.timeZone]);
  const saving = useAction(async () => {
    const changed = await patch('/workspace', { name: name.trim(), timeZone: zone });
    useTimeZone(changed.timeZone ?? zone);
    onDone({ ...workspace, ...changed });
    await loadMe();
    toast(t('settings.saved'));
  });
  const submit = (event) => {
    event.preventDefault();
    if (!saving.busy) saving.run();
  };
  const owner = may('OWNER');
  return html`
    <form class="card" onSubmit=${submit}>
      <h2>${t('settings.general')}</h2>
      <${TextField} label=${t('settings.workspaceName')} maxlength="100" disabled=${!owner} value=${name} onInput=${setName} error=${saving.error?.about?.('name')} />
      <${Select} label=${t('settings.timeZone')} hint=${t('settings.timeZone.hint')} disabled=${!owner} value=${zone} onInput=${setZone} options=${zones} />
      <dl class="pairs"><dt>${t('settings.currency')}</dt><dd>${workspace.currency || '–'}</dd></dl>
      ${saving.error && html`<${Failure} error=${saving.error} />`}
      ${owner ? html`<div><${Button} kind="primary" type="submit" busy=${saving.busy} disabled=${!name.trim() || (name === workspace.name && zone === workspace.timeZone)}>${t('action.save')}<//></div>` : html`<p class="faint">${t('settings.ownersOnly')}</p>`}
    </form>`;
}

function ChargeBasis({ wallet, onDone }) {
  const [basis, setBasis] = useState(wallet.chargeBasis);
  const saving = useAction(async () => {
    onDone(await patch('/wallet', { chargeBasis: basis }));
    toast(t('settings.saved'));
  });
  const owner = may('OWNER');
  return html`
    <section class="card">
      <h2>${t('settings.chargeBasis')}</h2>
      <p class="faint">${t('settings.chargeBasis.text')}</p>
      <${Choice} hideLegend legend=${t('settings.chargeBasis')} value=${basis} onInput=${setBasis} options=${['ON_SENT', 'ON_DELIVERED'].map((id) => ({ value: id, title: t(`settings.basis.${id}`), text: t(`settings.basis.${id}.text`), disabled: !owner && id !== basis }))} />
      ${saving.error && html`<${Failure} error=${saving.error} />`}
      ${owner ? html`<div><${Button} kind="primary" busy=${saving.busy} disabled=${basis === wallet.chargeBasis} onClick=${saving.run}>${t('action.save')}<//></div>` : html`<p class="faint">${t('settings.ownersOnly')}</p>`}
    </section>`;
}
