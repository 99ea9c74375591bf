import { locale, t } from './i18n/index.js';

// How figures, money and times are written. All of it follows the language in use; times are those of the
// workspace's zone, so that two people in different places read the same hour.

let zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @param {string | undefined} name IANA name; empty keeps the browser's */
export function useTimeZone(name) {
  if (!name) return;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    zone = name;
  } catch {
    // a zone this browser does not know
  }
}

export const timeZone = () => zone;

/** @type {Map<string, any>} */
const made = new Map();

/** Formatters are costly to make and there are few: each is made once a language and zone. */
function formatter(kind, options) {
  const key = `${kind.name}|${locale()}|${JSON.stringify(options)}`;
  let found = made.get(key);
  if (!found) {
    if (made.size > 200) made.clear();
    found = new kind(locale(), options);
    made.set(key, found);
  }
  return found;
}

/** @param {number | string | undefined} value */
export function count(value) {
  if (value === undefined || value === null) return '–';
  return formatter(Intl.NumberFormat, {}).format(typeof value === 'string' ? BigInt(value) : value);
}

/** @param {number} value */
export const shortCount = (value) => formatter(Intl.NumberFormat, { notation: 'compact', maximumFractionDigits: 1 }).format(value);

/** @param {number | undefined} share 0 to 1 */
export function percent(share) {
  if (share === undefined || share === null || Number.isNaN(share)) return '–';
  // 99.96 % must not read 100 %: all is only said when it is all; and a few are not none.
  const shown = share <= 0 || share >= 1 ? share : Math.min(Math.max(share, 0.001), 0.999);
  const digits = shown === 0 || shown === 1 ? 0 : 1;
  return formatter(Intl.NumberFormat, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(shown);
}

/** @typedef {{currency: string, micros: string}} Money */

/** Millionths as a decimal, exactly. @param {string | number | bigint} micros */
export function decimalOf(micros) {
  const value = BigInt(micros ?? 0);
  const digits = (value < 0n ? -value : value).toString().padStart(7, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/**
 * Money to the last digit it has, at least the currency's usual ones.
 * @param {Money | undefined} money
 */
export function money(money) {
  if (!money?.currency) return '–';
  return formatter(Intl.NumberFormat, { style: 'currency', currencyDisplay: 'narrowSymbol', currency: money.currency, maximumFractionDigits: 6 }).format(decimalOf(money.micros));
}

/** Money rounded to the currency's usual digits, for lists; the exact amount belongs in a title beside it. */
export function roundMoney(money) {
  if (!money?.currency) return '–';
  return formatter(Intl.NumberFormat, { style: 'currency', currencyDisplay: 'narrowSymbol', currency: money.currency }).format(decimalOf(money.micros));
}

/** @param {Money | undefined} money */
export const isZero = (money) => !money || BigInt(money.micros ?? 0) === 0n;

/**
 * What a person typed as an amount, in micros; null when it is not an amount.
 * @param {string} text
 * @returns {string | null}
 */
export function parseMicros(text) {
  const match = /^(\d{1,10})(?:[.,](\d{1,6}))?$/.exec(text.trim().replace(/[\s' ]/g, ''));
  if (!match) return null;
  return (BigInt(match[1]) * 1_000_000n + BigInt((match[2] ?? '').padEnd(6, '0'))).toString();
}

/** @param {string | number | Date | undefined} time */
export function exactTime(time) {
  if (!time) return '–';
  return formatter(Intl.DateTimeFormat, { dateStyle: 'medium', timeStyle: 'long', timeZone: zone }).format(new Date(time));
}

/** @param {string | number | Date | undefined} time */
export function shortTime(time) {
  if (!time) return '–';
  return formatter(Intl.DateTimeFormat, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZone: zone }).format(new Date(time));
}

/** Hour, minute and second. */
export function clockTime(time) {
  if (!time) return '–';
  return formatter(Intl.DateTimeFormat, { timeStyle: 'medium', timeZone: zone }).format(new Date(time));
}

/** @param {string | number | Date} time */
export const date = (time) => formatter(Intl.DateTimeFormat, { dateStyle: 'medium', timeZone: zone }).format(new Date(time));

/** The zone as people call it, e.g. "India Standard Time". */
export function zoneName() {
  const part = formatter(Intl.DateTimeFormat, { timeZone: zone, timeZoneName: 'long' }).formatToParts(new Date()).find((p) => p.type === 'timeZoneName');
  return `${part?.value ?? zone} (${zone})`;
}

/** @type {Array<[Intl.RelativeTimeFormatUnit, number]>} */
const STEPS = [['second', 60], ['minute', 60], ['hour', 24], ['day', 30], ['month', 12], ['year', Infinity]];

/** "3 minutes ago", "in 2 days". @param {string | number | Date | undefined} time */
export function relativeTime(time) {
  if (!time) return '–';
  let amount = (new Date(time).getTime() - Date.now()) / 1000;
  if (Math.abs(amount) < 45) return amount > 1 ? t('time.soon') : t('time.justNow');
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size * 0.95) return formatter(Intl.RelativeTimeFormat, { numeric: 'auto', style: 'short' }).format(Math.round(amount), unit);
    amount /= size;
  }
  return exactTime(time);
}

/** Seconds of a protobuf duration in JSON ("3.500s"). @param {string | undefined} duration */
export const secondsOf = (duration) => (duration ? Number.parseFloat(duration) : undefined);

/** "2.1 s", "3 min 10 s", "1 h 5 min". @param {number | undefined} seconds */
export function duration(seconds) {
  if (seconds === undefined || !Number.isFinite(seconds)) return '–';
  const unit = (value, name, digits = 0) =>
    formatter(Intl.NumberFormat, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits }).format(value);
  if (seconds < 10) return unit(seconds, 'second', 1);
  const s = Math.round(seconds);
  if (s < 60) return unit(s, 'second');
  const [big, small, size, over] = s < 3600 ? ['minute', 'second', 60, s] : s < 86_400 ? ['hour', 'minute', 60, Math.round(s / 60)] : ['day', 'hour', 24, Math.round(s / 3600)];
  const rest = over % size;
  return rest ? `${unit(Math.floor(over / size), big)} ${unit(rest, small)}` : unit(Math.floor(over / size), big);
}

/** Name of a country; "ZZ" is what a number has whose country is unknown. @param {string} code */
export function country(code) {
  if (!code || code === 'ZZ') return t('country.unknown');
  try {
    return formatter(Intl.DisplayNames, { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** Name of a template's language. @param {string} code e.g. en_US */
export function languageName(code) {
  try {
    return formatter(Intl.DisplayNames, { type: 'language' }).of(code.replace('_', '-')) ?? code;
  } catch {
    return code;
  }
}

// Calling codes of one and of two digits (ITU-T E.164); all others have three.
const CALLING_CODE = /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d{4,})$/;

/** +919812345678 → +91 98123 45678: in groups, so that it can be read aloud. @param {string} phone */
export function phone(phone) {
  const match = CALLING_CODE.exec((phone ?? '').replace(/[^\d+]/g, ''));
  if (!match) return phone ?? '';
  const [, code, number] = match;
  const half = Math.ceil(number.length / 2);
  const groups = number.length <= 6 ? [number] : number.length <= 10 ? [number.slice(0, half), number.slice(half)] : number.match(/.{1,4}/g);
  return `+${code} ${groups.join(' ')}`;
}
