import { useState } from '../vendor.js';
import { post } from '../api.js';
import { t } from '../i18n/index.js';
import { Button, TextField } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { useAction } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure } from '../ui/notice.js';
import { toast } from '../ui/toast.js';

/** One person by hand; a number that is known already is completed. */
export function AddContact({ onDone, onClose }) {
  const [phone, setPhone] = useState('');
  const [name, setName] = useState('');
  const [tags, setTags] = useState('');
  const [phoneError, setPhoneError] = useState('');
  const adding = useAction(async () => {
    setPhoneError('');
    const answer = await post('/contacts', { contacts: [{ phone: phone.trim(), name: name.trim(), tags: tags.split(',').map((tag) => tag.trim()).filter(Boolean) }] });
    if (answer.errors?.length) {
      setPhoneError(answer.errors[0].message || answer.errors[0].reason);
      return;
    }
    toast(t(answer.updated ? 'contacts.updated' : 'contacts.added'));
    onDone();
    onClose();
  });
  const submit = (event) => {
    event.preventDefault();
    if (phone.trim() && !adding.busy) adding.run();
  };
  return html`
    <${Dialog} title=${t('contacts.add')} onClose=${onClose} actions=${html`
      <${Button} onClick=${onClose}>${t('action.cancel')}<//><${Button} kind="primary" busy=${adding.busy} disabled=${!phone.trim()} onClick=${adding.run}>${t('contacts.add')}<//>`}>
      <form class="stack" onSubmit=${submit}>
        <${TextField} label=${t('contacts.phone')} type="tel" dir="ltr" placeholder="+91 98123 45678" hint=${t('contacts.phone.hint')} error=${phoneError} value=${phone} onInput=${setPhone} autofocus />
        <${TextField} label=${t('contacts.name')} optional dir="auto" value=${name} onInput=${setName} />
        <${TextField} label=${t('contacts.tags')} optional hint=${t('new.contacts.tags.hint')} value=${tags} onInput=${setTags} />
        <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true"></button>
        ${adding.error && html`<${Failure} error=${adding.error} />`}
      </form>
    <//>`;
}
