import { instantOf } from './zoned-time.js';

const STEP_MS = { MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 };

/**
 * The beginnings of all steps from the one that holds a moment to the one that holds another. Days are those of the
 * zone: one in which the clocks change has 23 or 25 hours.
 * @param {number} from in milliseconds, like all times here
 * @param {number} to
 * @param {'MINUTE' | 'HOUR' | 'DAY'} step
 * @param {string} zone IANA name
 * @param {number} most no more than so many
 * @returns {number[] | null} null when there would be more
 */
export function stepsBetween(from, to, step, zone, most) {
  const size = STEP_MS[step] ?? STEP_MS.HOUR;
  if ((to - from) / size > most) return null;
  if (step !== 'DAY') {
    const first = Math.floor(from / size) * size;
    return Array.from({ length: Math.floor((to - first) / size) + 1 }, (_, i) => first + i * size);
  }
  const days = [];
  for (let day = wallDay(from, zone); ; day = new Date(Date.parse(`${day}T00:00Z`) + size).toISOString().slice(0, 10)) {
    const begin = instantOf(`${day}T00:00`, zone).getTime();
    if (begin > to) return days;
    days.push(begin);
  }
}

/** The day on which a moment falls in a zone, as 2026-11-24. */
const wallDay = (moment, zone) => new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(moment);
