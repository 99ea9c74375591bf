import { loadUplot, useEffect, useRef, useState } from '../vendor.js';
import { count, shortCount, shortTime, timeZone } from '../format.js';
import { locale, t } from '../i18n/index.js';
import { html } from './html.js';

const HEIGHT = 220;

/**
 * Lines over time. The colours are those of the metrics everywhere else, read from the style sheet, so the chart
 * follows the theme. For those who cannot see it, a table with the same figures stands beside every chart.
 * @param {{label: string, times: number[], lines: Array<{id: string, label: string, values: number[]}>}} props times in seconds
 */
export function TimeChart({ label, times, lines }) {
  const box = useRef(null);
  const chart = useRef(null);
  const [theme, setTheme] = useState(0);
  const [failed, setFailed] = useState(false);
  const shape = `${lines.map((line) => line.id).join()} ${theme} ${locale()}`;
  const data = [times, ...lines.map((line) => line.values)];

  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const changed = () => setTheme((n) => n + 1);
    dark.addEventListener('change', changed);
    window.addEventListener('herald:theme', changed);
    return () => {
      dark.removeEventListener('change', changed);
      window.removeEventListener('herald:theme', changed);
    };
  }, []);

  useEffect(() => {
    let gone = false;
    let observer;
    loadUplot().then((UPlot) => {
      if (gone || !box.current) return;
      chart.current = new UPlot(options(UPlot, box.current, lines), data, box.current);
      observer = new ResizeObserver(([entry]) => chart.current?.setSize({ width: Math.floor(entry.contentRect.width), height: HEIGHT }));
      observer.observe(box.current);
    }, () => setFailed(true));
    return () => {
      gone = true;
      observer?.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [shape]);

  useEffect(() => {
    chart.current?.setData(data);
  }, [times, lines]);

  if (failed) return html`<p class="faint">${t('chart.failed')}</p>`;
  return html`
    <div class="chart-keys">${lines.map((line) => html`<span key=${line.id} class="chart-key"><span class=${`swatch fill-${line.id}`} />${line.label}</span>`)}</div>
    <div class="chart" role="img" aria-label=${label} ref=${box} dir="ltr" />`;
}

function options(UPlot, box, lines) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: colour('--ink-3'), font, grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
  return {
    width: Math.floor(box.clientWidth),
    height: HEIGHT,
    tzDate: (ts) => UPlot.tzDate(new Date(ts * 1e3), timeZone()),
    padding: [8, 26, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    plugins: [tooltip(lines)],
    scales: { y: { range: (u, min, max) => [0, Math.max(1, max * 1.05)] } },
    axes: [
      { ...axis, grid: { show: false }, space: 90, values: (u, ticks) => ticks.map((tick, i) => tickLabel(tick, ticks[i - 1], ticks[1] - ticks[0])) },
      { ...axis, size: 48, values: (u, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? shortCount(tick) : '')) },
    ],
    series: [{}, ...lines.map((line) => ({ label: line.label, stroke: colour(`--fill-${line.id}`), width: 2, points: { show: false }, fill: line.id === 'read' ? `${colour('--fill-read')}22` : undefined }))],
  };
}

/** The day where it changes, else the hour. */
function tickLabel(tick, before, step) {
  const zone = { timeZone: timeZone() };
  const day = (s) => new Date(s * 1000).toLocaleDateString(locale(), { ...zone, month: 'short', day: 'numeric' });
  if (step >= 86_400 || before === undefined || day(before) !== day(tick)) {
    return step >= 86_400 ? day(tick) : `${new Date(tick * 1000).toLocaleTimeString(locale(), { ...zone, hour: 'numeric', minute: '2-digit' })}\n${day(tick)}`;
  }
  return new Date(tick * 1000).toLocaleTimeString(locale(), { ...zone, hour: 'numeric', minute: '2-digit' });
}

/** The figures under the pointer. */
function tooltip(lines) {
  const tip = document.createElement('div');
  tip.className = 'chart-tip';
  tip.hidden = true;
  return {
    hooks: {
      init: (u) => u.over.append(tip),
      setCursor: (u) => {
        const { idx, left } = u.cursor;
        tip.hidden = idx === null || idx === undefined || left < 0;
        if (tip.hidden) return;
        const rows = lines.map((line, i) => {
          const row = document.createElement('div');
          const key = document.createElement('span');
          key.className = `swatch fill-${line.id}`;
          row.append(key, `${line.label} `, Object.assign(document.createElement('b'), { textContent: count(u.data[i + 1][idx]) }));
          return row;
        });
        tip.replaceChildren(Object.assign(document.createElement('div'), { textContent: shortTime(u.data[0][idx] * 1000) }), ...rows);
        const atEnd = left > u.over.clientWidth / 2;
        tip.style.left = atEnd ? '' : `${left + 12}px`;
        tip.style.right = atEnd ? `${u.over.clientWidth - left + 12}px` : '';
      },
    },
  };
}
