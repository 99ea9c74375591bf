import { useState } from '../vendor.js';
import { get } from '../api.js';
import { count, languageName } from '../format.js';
import { t, word } from '../i18n/index.js';
import { Checkbox, Select, TextArea, TextField } from '../ui/controls.js';
import { useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icons.js';
import { Loaded, Notice } from '../ui/notice.js';
import { Step } from './step.js';

const LONGEST_TEXT = 4096;

/** What is sent: an approved template, or free text. */
export function MessageStep(props) {
  return props.form.messageType === 'TEMPLATE' ? html`<${TemplateChoice} ...${props} />` : html`<${FreeText} ...${props} />`;
}

function TemplateChoice({ form, change, channel, forward, saving, back }) {
  const [text, setText] = useState('');
  const templates = useResource(`templates ${channel.id}`, async (signal) => (await get('/templates', { channelId: channel.id, pageSize: 1000 }, signal)).templates ?? []);
  const [tried, setTried] = useState(false);
  const next = () => {
    setTried(true);
    if (form.templateId) forward();
  };
  return html`
    <${Step} id="message" back=${back} onNext=${next} busy=${saving.busy} error=${saving.error}>
      <${Loaded} resource=${templates}>
        ${(all) => {
          const sendable = all.filter((template) => template.status === 'APPROVED');
          const shown = sendable.filter((template) => template.name.toLowerCase().includes(text.trim().toLowerCase()));
          if (sendable.length === 0) return html`<${Notice} kind="warning" title=${t('new.noTemplate.title')}>${t('new.noTemplate.text')} <a href="/templates">${t('nav.templates')}</a><//>`;
          return html`
            ${sendable.length > 6 && html`<div class="search"><${Icon} name="search" /><input class="input" type="search" aria-label=${t('templates.search')} placeholder=${t('templates.search')} value=${text} onInput=${(event) => setText(event.currentTarget.value)} /></div>`}
            <fieldset class="template-list"><legend class="visually-hidden">${t('messageType.TEMPLATE')}</legend>
              ${shown.map((template) => html`
                <label key=${template.id} class=${`template-option ${form.templateId === template.id ? 'is-chosen' : ''}`}>
                  <input type="radio" name="template" value=${template.id} checked=${form.templateId === template.id} onChange=${() => change({ templateId: template.id, bindings: {} })} />
                  <span class="template-text">
                    <span class="row"><strong class="mono">${template.name}</strong><span class="tag">${word('category', template.category)}</span><span class="faint">${languageName(template.language)}</span></span>
                    <span class="faint clamp" dir="auto">${template.components.find((component) => component.kind === 'BODY')?.text}</span>
                  </span>
                </label>`)}
              ${shown.length === 0 && html`<p class="faint">${t('templates.none')}</p>`}
            </fieldset>
            ${tried && !form.templateId && html`<p class="field-error" role="alert"><${Icon} name="warning" />${t('new.template.missing')}</p>`}
            ${all.length > sendable.length && html`<p class="faint">${t('new.template.hidden', { n: all.length - sendable.length })}</p>`}`;
        }}
      <//>
    <//>`;
}

function FreeText({ form, change, forward, saving, back }) {
  const [tried, setTried] = useState(false);
  const next = () => {
    setTried(true);
    if (form.text.trim()) forward();
  };
  return html`
    <${Step} id="message" lead=${t('new.text.lead')} back=${back} onNext=${next} busy=${saving.busy} error=${saving.error}>
      <${TextArea} label=${t('new.text')} maxlength=${LONGEST_TEXT} rows="8" dir="auto" value=${form.text} onInput=${(text) => change({ text })}
        hint=${t('new.text.hint', { left: LONGEST_TEXT - form.text.length })} error=${tried && !form.text.trim() ? t('new.text.missing') : saving.error?.about?.('content')} />
      <div class="form-row">
        <${TextField} label=${t('new.media')} optional type="url" inputmode="url" hint=${t('new.media.hint')} value=${form.mediaLink} onInput=${(mediaLink) => change({ mediaLink })} />
        ${form.mediaLink && html`<${Select} label=${t('new.mediaType')} value=${form.mediaType} onInput=${(mediaType) => change({ mediaType })} options=${['image', 'video', 'document'].map((type) => ({ value: type, label: t(`media.${type.toUpperCase()}`) }))} />`}
      </div>
      <${Checkbox} label=${t('new.previewUrl')} checked=${form.previewUrl} onInput=${(previewUrl) => change({ previewUrl })} />
      <${Checkbox} label=${t('new.trackLinks')} hint=${t('new.track.hint')} checked=${form.trackLinks} onInput=${(trackLinks) => change({ trackLinks })} />
      <p class="faint">${t('new.text.marks', { n: count(1) })}</p>
    <//>`;
}
