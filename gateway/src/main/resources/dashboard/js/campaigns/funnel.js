import { count, percent } from '../format.js';
import { t } from '../i18n/index.js';
import { html } from '../ui/html.js';

const STEPS = [
  { id: 'audience', of: null, lost: null },
  { id: 'submitted', of: 'audience', lost: ['skipped', 'pending'] },
  { id: 'sent', of: 'submitted', lost: ['failed', 'accepted'] },
  { id: 'delivered', of: 'sent', lost: null },
  { id: 'read', of: 'delivered', lost: null },
];

/** How many got how far: each step as a share of the audience, and of the step before. */
export function Funnel({ analytics }) {
  const whole = Math.max(1, analytics.audience);
  return html`
    <ol class="funnel">
      ${STEPS.map((step) => {
        const value = analytics[step.id] ?? 0;
        const before = step.of ? analytics[step.of] : 0;
        return html`
          <li key=${step.id} class="funnel-step">
            <span class="funnel-name">${t(`metric.${step.id}`)}</span>
            <span class="funnel-track"><span class=${`funnel-bar fill-${step.id === 'audience' ? 'skipped' : step.id === 'submitted' ? 'accepted' : step.id}`} style=${{ inlineSize: `${(100 * value) / whole}%` }} /></span>
            <span class="funnel-value figure">${count(value)}</span>
            <span class="funnel-rate figure">${step.of ? t('funnel.ofBefore', { share: percent(before ? value / before : undefined), step: t(`metric.${step.of}`).toLowerCase() }) : ''}</span>
          </li>`;
      })}
    </ol>`;
}
