import { useEffect, useId, useRef } from '../vendor.js';
import { t } from '../i18n/index.js';
import { Button, IconButton } from './controls.js';
import { html } from './html.js';
import { Failure } from './notice.js';

/**
 * A modal dialog on the browser's own element: it traps the focus, closes on Escape and gives the focus back.
 * @param {{title: string, onClose: () => void, children?: any, actions?: any, wide?: boolean, side?: boolean}} props
 */
export function Dialog({ title, onClose, children, actions, wide = false, side = false }) {
  const dialog = useRef(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element.showModal();
    element.querySelector('[autofocus]')?.focus();
    return () => {
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const onCancel = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`
    <dialog class=${`dialog ${wide ? 'dialog-wide' : ''} ${side ? 'dialog-side' : ''}`} ref=${dialog} aria-labelledby=${id} onCancel=${onCancel}
      onClick=${(event) => event.target === dialog.current && onClose()}>
      <div class="dialog-box">
        <header class="dialog-head">
          <h2 id=${id}>${title}</h2>
          <${IconButton} icon="close" label=${t('action.close')} onClick=${onClose} />
        </header>
        <div class="dialog-body">${children}</div>
        ${actions && html`<footer class="dialog-foot">${actions}</footer>`}
      </div>
    </dialog>`;
}

/**
 * Asks before something is done.
 * @param {{title: string, confirm: string, danger?: boolean, busy?: boolean, error?: any, disabled?: boolean, onConfirm: () => void, onClose: () => void, children?: any}} props
 */
export function Confirm({ title, confirm, danger = false, busy = false, error, disabled = false, onConfirm, onClose, children }) {
  return html`
    <${Dialog} title=${title} onClose=${onClose} actions=${html`
      <${Button} onClick=${onClose} autofocus>${t('action.cancel')}<//>
      <${Button} kind=${danger ? 'danger' : 'primary'} busy=${busy} disabled=${disabled} onClick=${onConfirm}>${confirm}<//>`}>
      ${children}
      ${error && html`<${Failure} error=${error} />`}
    <//>`;
}
