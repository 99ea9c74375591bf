import { useEffect, useState } from '../vendor.js';
import { get } from '../api.js';
import { t } from '../i18n/index.js';
import { Checkbox, Select, TextField } from '../ui/controls.js';
import { useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Loaded, Notice } from '../ui/notice.js';
import { bindingsFor, isAddress } from './draft.js';
import { Step } from './step.js';

const FIXED = ' text'; // no column can be named so: columns are trimmed

/** Where the value of each placeholder comes from. */
export function ParametersStep({ campaign, form, change, forward, saving, back }) {
  const template = useResource(`template ${form.templateId}`, (signal) => get(`/templates/${form.templateId}`, {}, signal));
  const columns = form.type === 'API' ? [] : campaign.audienceColumns ?? [];
  const [tried, setTried] = useState(false);

  useEffect(() => {
    if (template.data) change({ bindings: bindingsFor(form, template.data, columns) });
  }, [template.data?.id, columns.join()]);

  const placeholders = (template.data?.placeholders ?? []).filter((placeholder) => placeholder in form.bindings);
  const incomplete = (binding) => form.type !== 'API' && (!binding || (binding.source === 'text' ? !binding.text.trim() : !binding.column));
  const next = () => {
    setTried(true);
    if (!placeholders.some((placeholder) => incomplete(form.bindings[placeholder]))) forward();
  };
  const set = (placeholder, part) => change({ bindings: { ...form.bindings, [placeholder]: { ...form.bindings[placeholder], ...part } } });

  return html`
    <${Step} id="parameters" lead=${form.type === 'API' ? t('new.parameters.api') : undefined} back=${back} onNext=${next} busy=${saving.busy} error=${saving.error}>
      <${Loaded} resource=${template}>
        ${() => (placeholders.length === 0
          ? html`<${Notice} kind="good" title=${t('new.parameters.none')} />`
          : html`<ul class="bindings">${placeholders.map((placeholder) => html`
              <${Binding} key=${placeholder} placeholder=${placeholder} binding=${form.bindings[placeholder]} columns=${columns} api=${form.type === 'API'}
                wrong=${tried && incomplete(form.bindings[placeholder])} set=${(part) => set(placeholder, part)} />`)}</ul>`)}
      <//>
    <//>`;
}

/** "body.2" → "Body, placeholder 2". */
export function placeholderName(placeholder) {
  const [place, ...rest] = placeholder.split('.');
  if (placeholder === 'header.media') return t('placeholder.media');
  if (place === 'button') return t('placeholder.button', { button: String(Number(rest[0]) + 1), key: `{{${rest[1]}}}` });
  return t(`placeholder.${place}`, { key: `{{${rest.join('.')}}}` });
}

function Binding({ placeholder, binding, columns, api, wrong, set }) {
  if (!binding) return null;
  const fixed = binding.source === 'text';
  const choose = (value) => set(value === FIXED ? { source: 'text' } : { source: 'column', column: value });
  const options = api
    ? [{ value: '', label: t('new.parameters.fromCall', { key: placeholder }) }, { value: FIXED, label: t('new.parameters.fixed') }]
    : [{ value: '', label: t('new.parameters.choose') }, ...columns.map((column) => ({ value: column, label: column })), { value: FIXED, label: t('new.parameters.fixed') }];
  return html`
    <li class="binding">
      <strong>${placeholderName(placeholder)}</strong>
      <div class="form-row">
        <${Select} label=${t('new.parameters.source')} value=${fixed ? FIXED : binding.column} onInput=${choose} options=${options} error=${wrong && !fixed ? t('new.parameters.missing') : undefined} />
        ${fixed
          ? html`<${TextField} label=${t('new.parameters.text')} dir="auto" maxlength="1024" value=${binding.text} onInput=${(text) => set({ text })} error=${wrong ? t('new.parameters.textMissing') : undefined} />`
          : html`<${TextField} label=${t('new.parameters.fallback')} optional dir="auto" maxlength="1024" hint=${t('new.parameters.fallback.hint')} value=${binding.fallback} onInput=${(fallback) => set({ fallback })} />`}
      </div>
      ${fixed && isAddress(binding.text) && html`<${Checkbox} label=${t('new.track')} hint=${t('new.track.hint')} checked=${Boolean(binding.track)} onInput=${(track) => set({ track })} />`}
    </li>`;
}
