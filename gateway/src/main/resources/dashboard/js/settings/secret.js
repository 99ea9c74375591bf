import { t } from '../i18n/index.js';
import { Button, CopyButton } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { html } from '../ui/html.js';
import { Notice } from '../ui/notice.js';

/** Something that is shown once and never again. */
export const SecretDialog = ({ title, text, secret, onClose }) => html`
  <${Dialog} wide title=${title} onClose=${onClose} actions=${html`<${Button} kind="primary" onClick=${onClose}>${t('action.done')}<//>`}>
    <p>${text}</p>
    <div class="secret"><code dir="ltr">${secret}</code><${CopyButton} text=${secret} /></div>
    <${Notice} kind="warning">${t('secret.once')}<//>
  <//>`;
