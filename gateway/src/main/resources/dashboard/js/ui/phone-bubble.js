import { t } from '../i18n/index.js';
import { html } from './html.js';
import { Icon } from './icons.js';

/** @typedef {import('../types.js').TemplateComponent} TemplateComponent */

const MEDIA_ICONS = { IMAGE: 'image', VIDEO: 'video', DOCUMENT: 'file', LOCATION: 'pin' };
const BUTTON_ICONS = { URL: 'external', PHONE_NUMBER: 'call', QUICK_REPLY: 'reply', COPY_CODE: 'copy' };

/** A message as it will look in the chat. @param {{components: Array<Partial<TemplateComponent>>}} props */
export function PhoneBubble({ components }) {
  const of = (kind) => components.filter((component) => component.kind === kind);
  const header = of('HEADER')[0];
  const body = of('BODY')[0];
  const footer = of('FOOTER')[0];
  const buttons = of('BUTTON');
  const empty = !header && !body?.text;
  return html`
    <div class="chat" role="figure" aria-label=${t('message.preview')}>
      <div class="bubble">
        ${header && (header.format && header.format !== 'TEXT'
          ? html`<div class="bubble-media"><${Icon} name=${MEDIA_ICONS[header.format] ?? 'file'} /><span>${t(`media.${header.format}`)}</span></div>`
          : html`<p class="bubble-head" dir="auto">${styled(header.text ?? '')}</p>`)}
        ${empty ? html`<p class="bubble-empty">${t('message.empty')}</p>` : html`<p class="bubble-body" dir="auto">${styled(body?.text ?? '')}</p>`}
        ${footer && html`<p class="bubble-foot" dir="auto">${footer.text}</p>`}
        <span class="bubble-time" aria-hidden="true">12:30</span>
      </div>
      ${buttons.length > 0 && html`
        <div class="bubble-buttons">${buttons.map((button, i) => html`<div key=${i} class="bubble-button"><${Icon} name=${BUTTON_ICONS[button.format] ?? 'reply'} /><span dir="auto">${button.text}</span></div>`)}</div>`}
    </div>`;
}

// Around a template's example values, so that they can be shown as such; no text contains these characters.
const EXAMPLE_BEGIN = '\uE001';
const EXAMPLE_END = '\uE002';
const SPECIAL = /(\uE001[^\uE002]*\uE002|\{\{[^{}]*\}\}|https?:\/\/[^\s\uE001\uE002]+)/;

// WhatsApp's own marks. Nothing else in a message means anything.
const MARKS = [
  { mark: '*', tag: 'strong' },
  { mark: '_', tag: 'em' },
  { mark: '~', tag: 's' },
  { mark: '```', tag: 'code' },
];

/** Text with *bold*, _italic_, ~struck~ and ```code```, line breaks kept, links and placeholders made visible. */
export function styled(text) {
  for (const { mark, tag } of MARKS) {
    const escaped = mark.replace(/[*]/g, '\\$&');
    const match = new RegExp(`(^|[^\\w${escaped[escaped.length - 1]}])${escaped}(?=\\S)([^\\n]*?\\S)${escaped}(?![\\w])`).exec(text);
    if (!match) continue;
    const start = match.index + match[1].length;
    return [styled(text.slice(0, start)), html`<${tag}>${styled(match[2])}<//>`, styled(text.slice(match.index + match[0].length))];
  }
  return text.split(SPECIAL).map((part, i) => (i % 2 === 0 ? part
    : part.startsWith(EXAMPLE_BEGIN) ? html`<mark class="placeholder">${part.slice(1, -1)}</mark>`
    : part.startsWith('{{') ? html`<mark class="placeholder">${part}</mark>` : html`<span class="bubble-url">${part}</span>`));
}

/**
 * A template with its placeholders filled; what has no value shows Meta's example, marked.
 * Placeholders are named "body.1", "header.name", "button.0.1" as in the contract.
 * @param {{components: TemplateComponent[]}} template
 * @param {Record<string, string>} values
 * @returns {TemplateComponent[]}
 */
export function fillTemplate(template, values) {
  let button = -1;
  return template.components.map((component) => {
    if (component.kind === 'BUTTON') button++;
    const prefix = component.kind === 'BUTTON' ? `button.${button}` : component.kind.toLowerCase();
    const fill = (text) => (text ?? '').replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (whole, key) => values[`${prefix}.${key}`] || exampleOf(component, key) || whole);
    return { ...component, text: component.kind === 'BUTTON' ? fill(component.text).replace(/[\uE001\uE002]/g, '') : fill(component.text), url: fill(component.url) };
  });
}

function exampleOf(component, key) {
  const names = [...(component.text ?? '').matchAll(/\{\{\s*([^{}]+?)\s*\}\}/g)].map((match) => match[1]);
  const example = component.examples?.[names.indexOf(key)];
  return example ? `${EXAMPLE_BEGIN}${example}${EXAMPLE_END}` : '';
}
