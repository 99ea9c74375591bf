import { useState } from '../vendor.js';
import { t } from '../i18n/index.js';
import { Choice, Select, TextField } from '../ui/controls.js';
import { html } from '../ui/html.js';
import { Notice } from '../ui/notice.js';
import { Step } from './step.js';

/** Name, kind of campaign, kind of message, and from which number. What is fixed once the draft exists is shown so. */
export function TypeStep({ campaign, form, change, channel, channels, forward }) {
  const [tried, setTried] = useState(false);
  const nameError = tried && !form.name.trim() ? t('new.name.missing') : undefined;
  const next = () => {
    setTried(true);
    if (form.name.trim()) forward();
  };
  const fixed = Boolean(campaign);
  return html`
    <${Step} id="type" onNext=${next}>
      <${TextField} label=${t('new.name')} hint=${t('new.name.hint')} error=${nameError} maxlength="200" required value=${form.name} onInput=${(name) => change({ name })} />
      <${Choice} legend=${t('new.type')} value=${form.type} onInput=${(type) => change({ type })} options=${[
        { value: 'BROADCAST', title: t('type.BROADCAST'), text: t('new.type.BROADCAST'), icon: 'broadcast', disabled: fixed && form.type !== 'BROADCAST' },
        { value: 'API', title: t('type.API'), text: t('new.type.API'), icon: 'api', disabled: fixed && form.type !== 'API' },
      ]} />
      <${Choice} legend=${t('new.messageType')} value=${form.messageType} onInput=${(messageType) => change({ messageType })} options=${[
        { value: 'TEMPLATE', title: t('messageType.TEMPLATE'), text: t('new.messageType.TEMPLATE'), icon: 'templates', disabled: fixed && form.messageType !== 'TEMPLATE' },
        { value: 'REGULAR', title: t('messageType.REGULAR'), text: t('new.messageType.REGULAR'), icon: 'text', disabled: fixed && form.messageType !== 'REGULAR' },
      ]} />
      ${channels.length > 1
        ? html`<${Select} label=${t('new.channel')} value=${form.channelId} onInput=${(channelId) => change({ channelId, templateId: '' })}
            options=${channels.map((one) => ({ value: one.id, label: `${one.name} (${one.displayPhoneNumber})${one.simulated ? ` · ${t('simulated.tag')}` : ''}` }))} />`
        : html`<p class="faint">${t('new.channel.only', { name: channel.name, number: channel.displayPhoneNumber })}</p>`}
      ${channel.heldReason && html`<${Notice} kind="warning" title=${t('channels.held')}>${channel.heldReason}<//>`}
    <//>`;
}
