/**
 * The moment at which clocks in a zone show a wall time. Where the clocks are put forward and skip it, the moment just
 * after; where they are put back and show it twice, the first.
 * @param {string} local "2026-11-24T18:30" as a datetime-local field gives it
 * @param {string} zone IANA name
 * @returns {Date | null}
 */
export function instantOf(local, zone) {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(local)) return null;
  const wall = Date.parse(`${local}:00Z`);
  const before = wall - offsetAt(wall - 86_400_000, zone);
  const after = wall - offsetAt(wall + 86_400_000, zone);
  const fits = [before, after].filter((moment) => moment + offsetAt(moment, zone) === wall);
  return new Date(fits.length > 0 ? Math.min(...fits) : before);
}

/** How far the zone's clocks are ahead of UTC at a moment, in milliseconds. */
function offsetAt(moment, zone) {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }).formatToParts(moment);
  const of = (type) => Number(parts.find((part) => part.type === type).value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - Math.floor(moment / 1000) * 1000;
}
