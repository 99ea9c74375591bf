import { t, has } from '../i18n/index.js';
import { whoAmI } from '../session.js';
import { Button } from './controls.js';
import { html } from './html.js';
import { Icon } from './icons.js';

/** @param {{kind?: 'info' | 'warning' | 'danger' | 'good', title?: any, actions?: any, children?: any, icon?: string, role?: string}} props */
export function Notice({ kind = 'info', title, actions, children, icon, role }) {
  const sign = icon ?? { info: 'info', warning: 'warning', danger: 'warning', good: 'check' }[kind];
  return html`
    <div class=${`notice notice-${kind}`} role=${role}>
      <${Icon} name=${sign} class="notice-icon" />
      <div class="notice-text">${title && html`<strong>${title}</strong>`}${children && html`<div>${children}</div>`}</div>
      ${actions && html`<div class="notice-actions">${actions}</div>`}
    </div>`;
}

/** What an error means for a person: the catalogue's words for a known reason, else the gateway's own. */
export function errorText(error) {
  if (error?.reason && has(`error.${error.reason}`)) return t(`error.${error.reason}`);
  if (error?.status === 403) return t('error.PERMISSION');
  if (error?.detail) return error.detail;
  if (error?.status >= 500) return t('error.SERVER');
  return error?.message || t('error.UNKNOWN');
}

/** Something did not work: what, what now, and the id under which the server's log knows it. */
export function Failure({ error, onRetry, title }) {
  const violations = (error?.violations ?? []).filter((violation) => violation.message && violation.message !== error.detail);
  return html`
    <div class="notice notice-danger" role="alert">
      <${Icon} name="warning" class="notice-icon" />
      <div class="notice-text">
        ${title && html`<strong>${title}</strong>`}
        <div>${errorText(error)}</div>
        ${error?.status === 403 && whoAmI() && html`<div>${t('error.yourRole', { role: t(`role.${whoAmI().role}`) })}</div>`}
        ${violations.length > 0 && html`<ul class="plain-list">${violations.map((v) => html`<li key=${v.field}>${v.message}</li>`)}</ul>`}
        ${error?.requestId && html`<div class="request-id">${t('error.requestId')} <code>${error.requestId}</code></div>`}
      </div>
      ${onRetry && html`<div class="notice-actions"><${Button} small icon="refresh" onClick=${onRetry}>${t('action.retry')}<//></div>`}
    </div>`;
}

/** Nothing there yet: what this place is for and how to begin. @param {{icon?: string, title: string, page?: boolean, actions?: any, children?: any}} props page: it is all that is on the page */
export function Empty({ icon, title, page = false, children, actions }) {
  return html`
    <div class="empty">
      ${icon && html`<span class="empty-icon"><${Icon} name=${icon} /></span>`}
      ${page ? html`<h1 tabindex="-1">${title}</h1>` : html`<h2>${title}</h2>`}
      ${children && html`<p>${children}</p>`}
      ${actions && html`<div class="empty-actions">${actions}</div>`}
    </div>`;
}

/** Grey bars in the shape of what is coming. */
export const Skeleton = ({ lines = 3 }) => html`
  <div class="skeleton" aria-hidden="true">${Array.from({ length: lines }, (_, i) => html`<span key=${i} class="skeleton-line" />`)}</div>`;

/** The three states of something read: not there yet, failed, there (perhaps old). */
export function Loaded({ resource, children, lines = 4 }) {
  if (resource.data === undefined && resource.error) return html`<${Failure} error=${resource.error} onRetry=${resource.reload} />`;
  if (resource.data === undefined) return html`<div aria-busy="true"><span class="visually-hidden">${t('state.loading')}</span><${Skeleton} lines=${lines} /></div>`;
  return html`${resource.error && html`<${Failure} title=${t('state.stale')} error=${resource.error} onRetry=${resource.reload} />`}${children(resource.data)}`;
}

/** The strip that says plainly that nothing reaches a phone. */
export const SimulatedNotice = ({ many = false }) => html`
  <${Notice} kind="info" icon="channels" title=${t(many ? 'simulated.all' : 'simulated.title')}>${t('simulated.text')}<//>`;
