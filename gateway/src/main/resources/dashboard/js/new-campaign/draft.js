import { get, patch, post, requestId } from '../api.js';

/** @typedef {import('../types.js').Campaign} Campaign */
/** @typedef {import('../types.js').Template} Template */

/**
 * What is being prepared. It is kept in the browser while it is typed and at Herald from the message step on, so that
 * every step can be left and gone on with.
 * @typedef {object} Form
 * @property {string} name
 * @property {'BROADCAST' | 'API'} type
 * @property {'TEMPLATE' | 'REGULAR'} messageType
 * @property {string} channelId
 * @property {string} templateId
 * @property {string} text
 * @property {string} mediaLink
 * @property {string} mediaType
 * @property {boolean} previewUrl
 * @property {boolean} trackLinks
 * @property {Record<string, Binding>} bindings by placeholder
 * @property {string} defaultRegion
 * @property {string} maxRate
 * @property {string} spreadHours
 */

/** @typedef {{source: 'column' | 'text', column: string, text: string, fallback: string, track?: boolean}} Binding */

/** @type {Form} */
const EMPTY = { name: '', type: 'BROADCAST', messageType: 'TEMPLATE', channelId: '', templateId: '', text: '', mediaLink: '', mediaType: 'image', previewUrl: true, trackLinks: false, bindings: {}, defaultRegion: '', maxRate: '', spreadHours: '' };

const MEDIA = 'header.media';

const slot = (id) => `herald.draft.${id || 'new'}`;

/** @param {Campaign | null} campaign the draft as Herald has it @returns {Form} */
export function formOf(campaign) {
  const kept = keptForm(campaign?.id ?? '');
  if (!campaign) return { ...EMPTY, ...kept };
  const { template, regular } = campaign.content ?? {};
  /** @type {Form} */
  const stored = {
    ...EMPTY,
    name: campaign.name,
    type: campaign.type,
    messageType: regular ? 'REGULAR' : 'TEMPLATE',
    channelId: campaign.channelId,
    templateId: template?.templateId ?? '',
    text: regular?.text ?? '',
    previewUrl: regular?.previewUrl ?? true,
    trackLinks: regular?.trackLinks ?? false,
    mediaLink: regular?.mediaLink ?? '',
    mediaType: regular?.mediaType || 'image',
    bindings: Object.fromEntries((template?.parameters ?? []).map((binding) => [binding.placeholder, {
      source: binding.text ? 'text' : 'column', column: binding.column === binding.placeholder ? '' : binding.column ?? '', text: binding.text ?? '', fallback: binding.fallback ?? '', track: binding.track ?? false,
    }])),
    defaultRegion: campaign.defaultRegion ?? '',
    maxRate: campaign.maxRate ? String(campaign.maxRate) : '',
    spreadHours: hoursOf(campaign.finishWithin),
  };
  // What was typed after the last save wins, unless somebody changed the draft elsewhere since.
  return kept?.version === campaign.version ? { ...stored, ...kept.form } : stored;
}

/** @param {string | undefined} duration e.g. "5400s" */
const hoursOf = (duration) => {
  const seconds = Number.parseFloat(duration ?? '') || 0;
  return seconds ? String(Math.round(seconds / 36) / 100) : '';
};

/** @param {Form} form @returns {string} how long the messages are spread, as Herald wants it */
export const spreadOf = (form) => (form.type === 'BROADCAST' ? `${Math.round((Number(form.spreadHours) || 0) * 3600)}s` : '0s');

function keptForm(id) {
  try {
    return JSON.parse(sessionStorage.getItem(slot(id)) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {Campaign | null} campaign @param {Form} form */
export function keep(campaign, form) {
  try {
    sessionStorage.setItem(slot(campaign?.id ?? ''), JSON.stringify(campaign ? { version: campaign.version, form } : form));
  } catch {
    // storage may be full or forbidden: then only the saved steps can be resumed
  }
}

/** @param {string} id */
export const drop = (id) => sessionStorage.removeItem(slot(id));

/** Whether a text is an address that could be tracked. @param {string} text */
export const isAddress = (text) => /^https?:\/\/[^\s/]+/i.test(text.trim());

/** @param {Form} form */
function contentOf(form) {
  if (form.messageType === 'REGULAR') {
    return { regular: { text: form.text, previewUrl: form.previewUrl, trackLinks: form.trackLinks, mediaLink: form.mediaLink.trim(), mediaType: form.mediaLink.trim() ? form.mediaType : '' } };
  }
  const parameters = Object.entries(form.bindings)
    .map(([placeholder, binding]) => ({ ...binding, placeholder, column: binding.column || (form.type === 'API' ? placeholder : '') }))
    .filter((binding) => (binding.source === 'text' ? binding.text.trim() : binding.column))
    .map((binding) => ({
      placeholder: binding.placeholder,
      ...(binding.source === 'text' ? { text: binding.text, track: Boolean(binding.track) && isAddress(binding.text) } : { column: binding.column }),
      fallback: binding.source === 'text' ? '' : binding.fallback,
    }));
  return { template: { templateId: form.templateId, parameters } };
}

// One id per first save: a click repeated after a lost answer must not make a second draft.
let creation = requestId();

/** Stores the draft at Herald. @param {Campaign | null} campaign @param {Form} form @returns {Promise<Campaign>} */
export async function save(campaign, form) {
  const common = { name: form.name.trim(), content: contentOf(form), defaultRegion: form.defaultRegion, maxRate: Number(form.maxRate) || 0, finishWithin: spreadOf(form), channelId: form.channelId };
  if (campaign) {
    drop(campaign.id);
    return patch(`/campaigns/${campaign.id}`, { ...common, expectedVersion: '0' });
  }
  const created = await post('/campaigns', { ...common, type: form.type, messageType: form.messageType, requestId: creation });
  creation = requestId();
  drop('');
  return created;
}

/** A refused body gets a new id: the same id with another body would be refused for good. */
export function newAttempt() {
  creation = requestId();
}

/** @returns {Promise<any>} the last import, or null when there was none */
export async function importOf(id, signal) {
  try {
    return await get(`/campaigns/${id}/audience`, {}, signal);
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

/** A one-time password stands in the text and behind the button: it is the same value, and Herald fills it in twice. */
const isCodeButton = (template, placeholder) => template.category === 'AUTHENTICATION' && placeholder.startsWith('button.');

/** "body.first_name" → "first_name"; a bare number is no column's name by intention. */
const wordOf = (placeholder) => {
  const name = placeholder.split('.').at(-1);
  return /^\d+$/.test(name) ? placeholder : name;
};

/**
 * A value to begin with for every placeholder: what was bound before, else the column of its own key, else the next
 * column that is neither phone nor name nor another placeholder's own.
 * @param {Form} form @param {Template} template @param {string[]} columns
 * @returns {Record<string, Binding>}
 */
export function bindingsFor(form, template, columns) {
  const placeholders = (template.placeholders ?? []).filter((placeholder) => !isCodeButton(template, placeholder));
  const ownColumn = (placeholder) => [placeholder, wordOf(placeholder)].find((name) => columns.includes(name));
  const taken = new Set(placeholders.map(ownColumn));
  const free = columns.filter((column) => column !== 'phone' && column !== 'name' && !taken.has(column));
  return Object.fromEntries(placeholders.map((placeholder) => {
    const known = form.bindings[placeholder];
    if (known) return [placeholder, known];
    const own = ownColumn(placeholder);
    // A header's file is the same for everybody more often than not, and never just any column.
    if (placeholder === MEDIA && !own) return [placeholder, { source: 'text', column: '', text: '', fallback: '' }];
    return [placeholder, { source: 'column', column: own ?? free.shift() ?? '', text: '', fallback: '' }];
  }));
}
