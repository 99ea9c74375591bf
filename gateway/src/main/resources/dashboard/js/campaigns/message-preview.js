import { get } from '../api.js';
import { t } from '../i18n/index.js';
import { useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Loaded } from '../ui/notice.js';
import { PhoneBubble, fillTemplate } from '../ui/phone-bubble.js';

/** What the campaign sends, as a person sees it, with the values of its first recipient. */
export function MessagePreview({ campaign }) {
  const templateId = campaign.content?.template?.templateId;
  const template = useResource(templateId ? `template ${templateId}` : null, (signal) => get(`/templates/${templateId}`, {}, signal));
  const sample = useResource(`sample ${campaign.id}`, async (signal) => (await get(`/campaigns/${campaign.id}/recipients`, { pageSize: 1 }, signal)).recipients?.[0] ?? null);

  if (!templateId) {
    const text = campaign.content?.regular?.text ?? '';
    return html`<${PhoneBubble} components=${[{ kind: 'BODY', text: fillColumns(text, sample.data) }]} />`;
  }
  return html`
    <${Loaded} resource=${template}>
      ${(data) => html`<${PhoneBubble} components=${fillTemplate(data, valuesFor(campaign.content.template.parameters ?? [], sample.data, data.placeholders ?? [], campaign.audienceColumns ?? []))} />`}
    <//>
    ${sample.data && html`<p class="faint">${t('message.sample')}</p>`}`;
}

const columnOf = (recipient, column) => (column === 'name' ? recipient?.name : column === 'phone' ? recipient?.phone : recipient?.parameters?.[column]) || '';

/**
 * The value of each placeholder for one recipient, as the campaign will fill it: by its binding, else by the column
 * of the placeholder's own key, else by the columns that are neither phone nor name, in their order.
 * @returns {Record<string, string>}
 */
export function valuesFor(bindings, recipient, placeholders, columns) {
  const free = columns.filter((column) => column !== 'phone' && column !== 'name');
  /** @type {Record<string, string>} */
  const values = {};
  placeholders.forEach((placeholder, i) => {
    const binding = bindings.find((one) => one.placeholder === placeholder);
    if (binding?.text) values[placeholder] = binding.text;
    else if (binding?.column) values[placeholder] = columnOf(recipient, binding.column) || binding.fallback || '';
    else if (recipient) {
      const name = placeholder.split('.').at(-1);
      const key = columns.includes(placeholder) || /^\d+$/.test(name) ? placeholder : name;
      values[placeholder] = columnOf(recipient, columns.includes(key) ? key : placeholder === 'header.media' ? '' : free[i]) || binding?.fallback || '';
    }
  });
  return values;
}

/** Free text with its {{columns}} replaced. */
export const fillColumns = (text, recipient) => text.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (whole, column) => columnOf(recipient, column) || whole);
