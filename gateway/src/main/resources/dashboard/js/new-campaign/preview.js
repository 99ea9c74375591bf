import { useEffect, useState } from '../vendor.js';
import { get } from '../api.js';
import { t } from '../i18n/index.js';
import { fillColumns, valuesFor } from '../campaigns/message-preview.js';
import { IconButton } from '../ui/controls.js';
import { useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { fillTemplate, PhoneBubble } from '../ui/phone-bubble.js';

const SAMPLES = 10;

/** The message as it will look, with the values of real recipients as soon as there are some. */
export function DraftPreview({ campaign, form }) {
  const [at, setAt] = useState(0);
  const template = useResource(form.messageType === 'TEMPLATE' && form.templateId ? `template ${form.templateId}` : null, (signal) => get(`/templates/${form.templateId}`, {}, signal));
  const samples = useResource(campaign?.audience ? `samples ${campaign.id} ${campaign.audience} ${campaign.version}` : null,
    async (signal) => (await get(`/campaigns/${campaign.id}/recipients`, { pageSize: SAMPLES }, signal)).recipients ?? []);
  // A person who was erased has neither name nor number, and gets nothing to see.
  const rows = (samples.data ?? []).filter((one) => one.phone);
  useEffect(() => setAt(0), [campaign?.id, rows.length]);
  const row = rows[at];

  const bindings = Object.entries(form.bindings).map(([placeholder, binding]) => ({ placeholder, ...(binding.source === 'text' ? { text: binding.text } : { column: binding.column }), fallback: binding.fallback }));
  const media = form.mediaLink.trim() ? [{ kind: 'HEADER', format: form.mediaType.toUpperCase() }] : [];
  const components = form.messageType === 'REGULAR'
    ? [...media, { kind: 'BODY', text: fillColumns(form.text, row) }]
    : template.data ? fillTemplate(template.data, valuesFor(bindings, row, template.data.placeholders ?? [], campaign?.audienceColumns ?? [])) : [];

  return html`
    <div class="card">
      <div class="card-head"><h2>${t('message.title')}</h2>
        ${rows.length > 1 && html`
          <div class="row sample-row">
            <${IconButton} icon="back" flip label=${t('new.sample.before')} onClick=${() => setAt((at + rows.length - 1) % rows.length)} />
            <span class="faint figure" aria-live="polite">${t('new.sample', { at: at + 1, of: rows.length })}</span>
            <${IconButton} icon="next" flip label=${t('new.sample.next')} onClick=${() => setAt((at + 1) % rows.length)} />
          </div>`}
      </div>
      <${PhoneBubble} components=${components} />
      <p class="faint">${row ? t('new.sample.of', { name: row.name || row.phone }) : t('new.sample.none')}</p>
    </div>`;
}
