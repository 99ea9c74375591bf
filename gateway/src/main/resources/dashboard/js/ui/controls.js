import { useEffect, useId, useRef, useState } from '../vendor.js';
import { t } from '../i18n/index.js';
import { html } from './html.js';
import { Icon } from './icons.js';

// Buttons, fields and the other things one operates.

/**
 * @param {{kind?: 'primary' | 'plain' | 'quiet' | 'danger', icon?: string, busy?: boolean, disabled?: boolean, href?: string, small?: boolean, children?: any, [more: string]: any}} props
 */
export function Button({ kind = 'plain', icon, busy = false, disabled = false, href, small = false, children, class: extra = '', ...rest }) {
  const look = `button button-${kind} ${small ? 'button-small' : ''} ${extra}`;
  const inside = html`${busy ? html`<span class="spinner" aria-hidden="true" />` : icon && html`<${Icon} name=${icon} />`}<span class="button-label">${children}</span>`;
  if (href && !disabled) return html`<a class=${look} href=${href} ...${rest}>${inside}</a>`;
  // A button at work stays focusable and says so, instead of vanishing from under the keyboard.
  return html`<button type="button" class=${look} aria-disabled=${busy ? 'true' : undefined} aria-busy=${busy ? 'true' : undefined} disabled=${disabled}
    ...${rest} onClick=${busy ? (event) => event.preventDefault() : rest.onClick}>${inside}</button>`;
}

/** A button that is only an icon; the label is for screen readers and the tooltip. */
export function IconButton({ icon, label, href, flip = false, class: extra = '', ...rest }) {
  const look = `icon-button ${extra}`;
  const inside = html`<${Icon} name=${icon} flip=${flip} />`;
  return href
    ? html`<a class=${look} href=${href} aria-label=${label} title=${label} ...${rest}>${inside}</a>`
    : html`<button type="button" class=${look} aria-label=${label} title=${label} ...${rest}>${inside}</button>`;
}

/**
 * A labelled control with its hint and its complaint. The control is made by a function that gets the ids to refer to.
 * @param {{label: any, hint?: any, error?: any, optional?: boolean, hideLabel?: boolean, class?: string, children: (ids: object) => any}} props
 */
export function Field({ label, hint, error, optional = false, hideLabel = false, class: extra = '', children }) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  return html`
    <div class=${`field ${extra} ${error ? 'field-wrong' : ''}`}>
      <label class=${hideLabel ? 'visually-hidden' : 'field-label'} for=${id}>${label}${optional && html`<span class="field-optional"> ${t('field.optional')}</span>`}</label>
      ${children({ id, 'aria-describedby': described, 'aria-invalid': error ? 'true' : undefined })}
      ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
      ${error && html`<p class="field-error" id=${`${id}-error`}><${Icon} name="warning" />${error}</p>`}
    </div>`;
}

/** @param {{label: any, value: string, onInput: (value: string) => void, [more: string]: any}} props */
export function TextField({ label, hint, error, optional, hideLabel, class: extra, value, onInput, ...rest }) {
  return html`<${Field} label=${label} hint=${hint} error=${error} optional=${optional} hideLabel=${hideLabel} class=${extra}>
    ${(ids) => html`<input class="input" type="text" ...${ids} ...${rest} value=${value} onInput=${(event) => onInput(event.currentTarget.value)} />`}
  <//>`;
}

export function TextArea({ label, hint, error, optional, hideLabel, value, onInput, ...rest }) {
  return html`<${Field} label=${label} hint=${hint} error=${error} optional=${optional} hideLabel=${hideLabel}>
    ${(ids) => html`<textarea class="input" rows="6" ...${ids} ...${rest} value=${value} onInput=${(event) => onInput(event.currentTarget.value)} />`}
  <//>`;
}

/** @param {{label: any, value: string, onInput: (value: string) => void, options: Array<{value: string, label: string, disabled?: boolean}>, [more: string]: any}} props */
export function Select({ label, hint, error, optional, hideLabel, class: extra, value, onInput, options, ...rest }) {
  return html`<${Field} label=${label} hint=${hint} error=${error} optional=${optional} hideLabel=${hideLabel} class=${extra}>
    ${(ids) => html`
      <select class="input select" ...${ids} ...${rest} value=${value} onChange=${(event) => onInput(event.currentTarget.value)}>
        ${options.map((option) => html`<option key=${option.value} value=${option.value} disabled=${option.disabled} selected=${option.value === value}>${option.label}</option>`)}
      </select>`}
  <//>`;
}

export function Checkbox({ label, hint, checked, onInput, ...rest }) {
  const id = useId();
  return html`
    <div class="check">
      <input type="checkbox" id=${id} aria-describedby=${hint ? `${id}-hint` : undefined} ...${rest} checked=${checked} onChange=${(event) => onInput(event.currentTarget.checked)} />
      <div><label for=${id}>${label}</label>${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}</div>
    </div>`;
}

/**
 * One of a few, as cards that say what each means.
 * @param {{legend: string, value: string, onInput: (value: string) => void, options: Array<{value: string, title: string, text: string, icon?: string, disabled?: boolean}>, hideLegend?: boolean}} props
 */
export function Choice({ legend, value, onInput, options, hideLegend = false }) {
  const name = useId();
  return html`
    <fieldset class="choice">
      <legend class=${hideLegend ? 'visually-hidden' : 'field-label'}>${legend}</legend>
      <div class="choice-cards">
        ${options.map((option) => html`
          <label key=${option.value} class=${`choice-card ${value === option.value ? 'is-chosen' : ''} ${option.disabled ? 'is-disabled' : ''}`}>
            <input type="radio" name=${name} value=${option.value} checked=${value === option.value} disabled=${option.disabled} onChange=${() => onInput(option.value)} />
            ${option.icon && html`<${Icon} name=${option.icon} />`}
            <span class="choice-title">${option.title}</span>
            <span class="choice-text">${option.text}</span>
          </label>`)}
      </div>
    </fieldset>`;
}

/** @typedef {{label: string, text?: string, icon?: string, danger?: boolean, disabled?: boolean, checked?: boolean, onSelect: () => void}} MenuItem */

/**
 * A menu behind a button, as the ARIA practices describe it: arrows move, Escape closes, Tab leaves.
 * @param {{label: any, icon?: string, kind?: string, small?: boolean, busy?: boolean, align?: 'start' | 'end', items: Array<MenuItem | null | false>, up?: boolean, arrow?: boolean, class?: string, buttonProps?: object}} props
 */
export function Menu({ label, icon, kind = 'plain', small = false, busy = false, align = 'end', items, up = false, arrow = true, class: extra = '', buttonProps = {} }) {
  const [open, setOpen] = useState(false);
  const root = useRef(null);
  const id = useId();
  const shown = /** @type {MenuItem[]} */ (items.filter(Boolean));

  const enabled = () => [...(root.current?.querySelectorAll('[role^=menuitem]:not([aria-disabled=true])') ?? [])];
  const focus = (index) => {
    const all = enabled();
    all[(index + all.length) % all.length]?.focus();
  };
  const close = (refocus) => {
    setOpen(false);
    if (refocus) root.current?.querySelector('button')?.focus();
  };

  useEffect(() => {
    if (!open) return undefined;
    focus(0);
    const outside = (event) => !root.current?.contains(event.target) && close(false);
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);

  const onKeyDown = (event) => {
    if (!open) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        setOpen(true);
      }
      return;
    }
    const at = enabled().indexOf(document.activeElement);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    if (event.key in moves) {
      event.preventDefault();
      focus(moves[event.key]);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close(true);
    } else if (event.key === 'Tab') close(false);
  };

  return html`
    <div class=${`menu ${extra}`} ref=${root} onKeyDown=${onKeyDown}>
      <${Button} kind=${kind} icon=${icon} small=${small} busy=${busy} aria-haspopup="menu" aria-expanded=${open ? 'true' : 'false'} aria-controls=${open ? id : undefined}
        ...${buttonProps} onClick=${() => setOpen(!open)}>${label}${arrow && html`<${Icon} name="down" class="menu-arrow" />`}<//>
      ${open && html`
        <div class=${`menu-list menu-${align} ${up ? 'menu-up' : ''}`} role="menu" id=${id}>
          ${shown.map((item) => html`
            <button key=${item.label} type="button" class=${`menu-item ${item.danger ? 'is-danger' : ''}`} tabindex="-1"
              role=${item.checked === undefined ? 'menuitem' : 'menuitemradio'} aria-checked=${item.checked === undefined ? undefined : String(item.checked)}
              aria-disabled=${item.disabled ? 'true' : undefined}
              onClick=${() => {
                if (item.disabled) return;
                close(true);
                item.onSelect();
              }}>
              <span class="menu-icon">${item.checked ? html`<${Icon} name="check" />` : item.icon && html`<${Icon} name=${item.icon} />`}</span>
              <span><span class="menu-label">${item.label}</span>${item.text && html`<span class="menu-text">${item.text}</span>`}</span>
            </button>`)}
        </div>`}
    </div>`;
}

/**
 * @param {{label: string, tabs: Array<{id: string, label: string, count?: string}>, value: string, onInput: (id: string) => void}} props
 */
export function Tabs({ label, tabs, value, onInput }) {
  const list = useRef(null);
  const onKeyDown = (event) => {
    const at = tabs.findIndex((tab) => tab.id === value);
    const forward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const backward = forward === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft';
    const to = { [forward]: at + 1, [backward]: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    onInput(tab.id);
    list.current.querySelector(`#tab-${tab.id}`)?.focus();
  };
  return html`
    <div class="tabs" role="tablist" aria-label=${label} ref=${list} onKeyDown=${onKeyDown}>
      ${tabs.map((tab) => html`
        <button key=${tab.id} type="button" role="tab" class="tab" id=${`tab-${tab.id}`} aria-selected=${tab.id === value ? 'true' : 'false'}
          aria-controls=${tab.id === value ? `panel-${tab.id}` : undefined} tabindex=${tab.id === value ? 0 : -1} onClick=${() => onInput(tab.id)}>${tab.label}</button>`)}
    </div>`;
}

/** @param {{id: string, children?: any}} props */
export const TabPanel = ({ id, children }) => html`<div role="tabpanel" id=${`panel-${id}`} aria-labelledby=${`tab-${id}`} class="tab-panel">${children}</div>`;

/** A button that copies a text and says so. */
export function CopyButton({ text, label = t('action.copy'), kind = 'plain' }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2500);
    } catch {
      setCopied(false); // not allowed here: the text is on the page to be selected
    }
  };
  return html`<${Button} kind=${kind} small icon=${copied ? 'check' : 'copy'} onClick=${copy}><span aria-live="polite">${copied ? t('action.copied') : label}</span><//>`;
}
