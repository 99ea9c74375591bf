import { useEffect, useLayoutEffect, useState } from '../vendor.js';
import { get, remove } from '../api.js';
import { t } from '../i18n/index.js';
import { go, usePlace } from '../router.js';
import { may } from '../session.js';
import { Button } from '../ui/controls.js';
import { Confirm } from '../ui/dialog.js';
import { useAction, usePageTitle, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icons.js';
import { Empty, Failure, Loaded, SimulatedNotice } from '../ui/notice.js';
import { toast } from '../ui/toast.js';
import { AudienceStep } from './audience-step.js';
import { drop, formOf, keep, newAttempt, save } from './draft.js';
import { LaunchStep } from './launch-step.js';
import { MessageStep } from './message-step.js';
import { ParametersStep } from './parameters-step.js';
import { DraftPreview } from './preview.js';
import { TypeStep } from './type-step.js';

/** Everything from a name to a launch, in steps that can be left and gone on with. */
export default function NewCampaignPage() {
  usePageTitle(t('new.title'));
  const { query } = usePlace();
  const draftId = query.get('draft');
  const draft = useResource(draftId ? `campaign ${draftId}` : null, (signal) => get(`/campaigns/${draftId}`, {}, signal));
  const channels = useResource('channels', async (signal) => (await get('/channels', { pageSize: 100 }, signal)).channels ?? []);

  if (!may('OPERATOR')) return html`<h1 tabindex="-1">${t('new.title')}</h1><${Failure} error=${{ status: 403 }} />`;
  return html`
    <nav class="crumbs" aria-label=${t('nav.crumbs')}><a href="/campaigns"><${Icon} name="back" flip />${t('nav.campaigns')}</a></nav>
    <${Loaded} resource=${channels}>
      ${(all) => {
        if (all.length === 0) return html`<${Empty} icon="channels" title=${t('new.noChannel.title')} actions=${html`<${Button} kind="primary" href="/channels">${t('campaigns.empty.connect')}<//>`}>${t('campaigns.empty.noChannel')}<//>`;
        if (!draftId) return html`<${Wizard} key="new" campaign=${null} channels=${all} onSaved=${() => {}} query=${query} />`;
        return html`<${Loaded} resource=${draft}>
          ${(campaign) => (campaign.status === 'DRAFT'
            ? html`<${Wizard} key=${campaign.id} campaign=${campaign} channels=${all} onSaved=${(now) => draft.set(now)} query=${query} />`
            : html`<${AlreadyLaunched} campaign=${campaign} />`)}
        <//>`;
      }}
    <//>`;
}

function AlreadyLaunched({ campaign }) {
  useEffect(() => go(`/campaigns/${campaign.id}`, { replace: true }), []);
  return null;
}

const STEPS = ['type', 'message', 'audience', 'parameters', 'launch'];

/** The steps of this kind of campaign: an API campaign has no audience beforehand, free text has no parameters to map. */
const stepsOf = (form) => STEPS.filter((step) => !(step === 'audience' && form.type === 'API') && !(step === 'parameters' && form.messageType === 'REGULAR'));

/** Where a draft that is taken up again goes on: at the first step that still needs something. */
function firstOpen(campaign, steps) {
  if (campaign.type === 'BROADCAST' && !campaign.audience) return 'audience';
  return steps.includes('parameters') ? 'parameters' : 'launch';
}

function Wizard({ campaign, channels, onSaved, query }) {
  const [form, setForm] = useState(() => {
    const start = formOf(campaign);
    return { ...start, channelId: start.channelId || channels[0].id };
  });
  const change = (part) => setForm((now) => ({ ...now, ...part }));
  useLayoutEffect(() => keep(campaign, form), [form]);

  const steps = stepsOf(form);
  const asked = query.get('step');
  const [start] = useState(() => (campaign ? firstOpen(campaign, steps) : steps[0])); // stays, though an audience comes
  const step = steps.includes(asked) && (campaign || asked === 'type' || asked === 'message') ? asked : start;
  const at = steps.indexOf(step);
  const open = (id, more = {}) => {
    const next = new URLSearchParams(location.search);
    next.set('step', id);
    for (const [name, value] of Object.entries(more)) next.set(name, value);
    go(`/campaigns/new?${next}`);
    window.scrollTo(0, 0);
  };

  const saving = useAction(async () => {
    try {
      const saved = await save(campaign, form);
      onSaved(saved);
      open(steps[at + 1], { draft: saved.id });
    } catch (error) {
      newAttempt();
      throw error;
    }
  });
  const forward = () => (step === 'type' || step === 'audience' ? open(steps[at + 1]) : saving.run());

  useEffect(() => {
    document.getElementById('step-title')?.focus({ preventScroll: true });
    saving.clear();
  }, [step]);

  const channel = channels.find((one) => one.id === form.channelId) ?? channels[0];
  const props = { campaign, form, change, channel, channels, forward, saving, query, onSaved, back: at > 0 ? () => open(steps[at - 1]) : null };

  return html`
    <div class="page-head">
      <h1 tabindex="-1">${form.name || t('new.title')}</h1>
      <div class="page-actions">${campaign && html`<${DeleteDraft} campaign=${campaign} />`}<${Button} kind="quiet" href="/campaigns">${t(campaign ? 'new.later' : 'action.cancel')}<//></div>
    </div>
    <ol class="steps" aria-label=${t('new.steps')}>
      ${steps.map((id, i) => {
        const reachable = campaign || i <= 1 && (i === 0 || form.name.trim());
        return html`
          <li key=${id} class=${`step ${i < at ? 'is-done' : ''}`} aria-current=${id === step ? 'step' : undefined}>
            <button type="button" disabled=${!reachable || id === step} onClick=${() => open(id)}>
              <span class="step-number">${i < at ? html`<${Icon} name="check" />` : i + 1}</span><span>${t(`new.step.${id}`)}</span>
            </button>
          </li>`;
      })}
    </ol>
    ${channel.simulated && html`<${SimulatedNotice} />`}
    <div class="columns wizard">
      <div class="stack">
        ${step === 'type' && html`<${TypeStep} ...${props} />`}
        ${step === 'message' && html`<${MessageStep} ...${props} />`}
        ${step === 'audience' && html`<${AudienceStep} ...${props} />`}
        ${step === 'parameters' && html`<${ParametersStep} ...${props} />`}
        ${step === 'launch' && html`<${LaunchStep} ...${props} />`}
      </div>
      <aside class="wizard-side" aria-label=${t('message.preview')}><${DraftPreview} campaign=${campaign} form=${form} /></aside>
    </div>`;
}

function DeleteDraft({ campaign }) {
  const [asking, setAsking] = useState(false);
  const deletion = useAction(async () => {
    await remove(`/campaigns/${campaign.id}`);
    drop(campaign.id);
    toast(t('new.deleted'));
    go('/campaigns');
  });
  return html`
    <${Button} kind="quiet" icon="trash" onClick=${() => setAsking(true)}>${t('new.delete')}<//>
    ${asking && html`<${Confirm} danger title=${t('new.delete.title')} confirm=${t('new.delete')} busy=${deletion.busy} error=${deletion.error} onConfirm=${deletion.run} onClose=${() => setAsking(false)}><p>${t('new.delete.text')}</p><//>`}`;
}
