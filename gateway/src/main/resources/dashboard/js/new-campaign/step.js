import { t } from '../i18n/index.js';
import { Button } from '../ui/controls.js';
import { html } from '../ui/html.js';
import { Failure } from '../ui/notice.js';

/**
 * The frame of one step: its heading, its card, what went wrong, back and on. A guarded step goes on by its button
 * alone: Enter in one of its fields must not launch anything.
 */
export function Step({ id, error, busy, back, onNext, next, disabled = false, guarded = false, children, lead }) {
  const submit = (event) => {
    event.preventDefault();
    if (!busy && !disabled && !guarded) onNext?.();
  };
  return html`
    <form class="card step-card" onSubmit=${submit} novalidate>
      <div><h2 id="step-title" tabindex="-1">${t(`new.step.${id}.title`)}</h2>${lead !== null && html`<p class="lead">${lead ?? t(`new.step.${id}.text`)}</p>`}</div>
      ${children}
      ${error && html`<${Failure} error=${error} />`}
      <div class="step-foot">
        ${back ? html`<${Button} icon="back" onClick=${back}>${t('new.back')}<//>` : html`<span />`}
        ${onNext && html`<${Button} kind="primary" type=${guarded ? 'button' : 'submit'} onClick=${guarded ? onNext : undefined} busy=${busy} disabled=${disabled}>${next ?? t('new.next')}<//>`}
      </div>
    </form>`;
}
