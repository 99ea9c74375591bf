import { useEffect, useRef, useState } from '../vendor.js';
import { count, duration, percent } from '../format.js';
import { t } from '../i18n/index.js';
import { html } from '../ui/html.js';
import { attempted } from './metrics.js';
import { OutcomeBar, OutcomeLegend } from './outcome-bar.js';

const WINDOW_MS = 15_000;

/** How far sending is, how fast it goes and how long it will take. */
export function Progress({ campaign, analytics }) {
  const done = attempted(analytics);
  const rate = useRate(done, campaign.status);
  const left = rate > 0 ? analytics.pending / rate : undefined;
  return html`
    <section class="card progress-card live-figures" aria-label=${t('progress.title')}>
      <div class="row-apart">
        <p><strong class="progress-share figure">${percent(analytics.audience ? done / analytics.audience : 0)}</strong> ${t('progress.attempted', { done: count(done), all: count(analytics.audience) })}</p>
        <p class="progress-rate figure">
          ${campaign.status === 'PAUSED' ? t('progress.paused')
            : analytics.pending === 0 ? t('progress.finishing')
            : rate > 0 ? html`<span>${t('progress.rate', { n: Math.max(1, Math.round(rate)) })}</span><span>${t('progress.left', { time: duration(left) })}</span>`
            : html`<span>${t('progress.measuring')}</span>`}
        </p>
      </div>
      <${OutcomeBar} analytics=${analytics} large />
      <${OutcomeLegend} analytics=${analytics} />
    </section>`;
}

/** Attempts a second over the last few seconds, from the figures as they arrive. */
function useRate(done, status) {
  const seen = useRef([]);
  const [rate, setRate] = useState(0);
  useEffect(() => {
    if (status !== 'LIVE') seen.current = [];
  }, [status]);
  useEffect(() => {
    const now = performance.now();
    seen.current = [...seen.current.filter((point) => now - point.at < WINDOW_MS), { at: now, done }];
    const first = seen.current[0];
    const seconds = (now - first.at) / 1000;
    if (seconds >= 1.5) setRate((done - first.done) / seconds);
  }, [done]);
  return status === 'LIVE' ? rate : 0;
}
