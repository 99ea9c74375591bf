/** @typedef {import('../types.js').Analytics} Analytics */

// The metrics of a campaign as the dashboard shows them. Their definitions are the product's and stand in the
// catalogue under metric.<id>.text; every tile prints its own.

/**
 * @typedef {object} Metric
 * @property {string} id
 * @property {string} [rate] which of the rates belongs to it
 * @property {string} show which recipients stand behind the figure, a key of AUDIENCES
 */

/** @type {Metric[]} */
export const MAIN_METRICS = [
  { id: 'audience', show: 'all' },
  { id: 'submitted', show: 'submitted' },
  { id: 'sent', rate: 'sent', show: 'sent' },
  { id: 'delivered', rate: 'delivered', show: 'delivered' },
  { id: 'read', rate: 'read', show: 'read' },
  { id: 'failed', rate: 'failed', show: 'failed' },
];

/** @type {Metric[]} */
export const FURTHER_METRICS = [
  { id: 'replied', rate: 'replied', show: 'replied' },
  { id: 'clicked', rate: 'clicked', show: 'clicked' },
  { id: 'pending', show: 'pending' },
  { id: 'accepted', show: 'accepted' },
  { id: 'skipped', show: 'skipped' },
  { id: 'unconfirmed', show: 'unconfirmed' },
];

/**
 * Sets of recipients to choose from, as message filters. "all" and "pending" are read from the audience itself:
 * a recipient not attempted yet has no message.
 * @type {Record<string, {buckets?: string[], withEvidence?: string[], withoutEvidence?: string[], anomaliesOnly?: boolean} | null>}
 */
export const AUDIENCES = {
  all: null,
  submitted: { buckets: ['BUCKET_ACCEPTED', 'BUCKET_SENT', 'BUCKET_DELIVERED', 'BUCKET_READ', 'BUCKET_FAILED'], withEvidence: ['ACCEPTED'] },
  sent: { buckets: ['BUCKET_SENT', 'BUCKET_DELIVERED', 'BUCKET_READ'] },
  delivered: { buckets: ['BUCKET_DELIVERED', 'BUCKET_READ'] },
  read: { buckets: ['BUCKET_READ'] },
  unread: { buckets: ['BUCKET_DELIVERED'], withoutEvidence: ['READ'] },
  undelivered: { buckets: ['BUCKET_SENT'] },
  replied: { withEvidence: ['REPLIED'] },
  clicked: { withEvidence: ['CLICKED'] },
  failed: { buckets: ['BUCKET_FAILED'] },
  skipped: { buckets: ['BUCKET_SKIPPED'] },
  unconfirmed: { buckets: ['BUCKET_UNCONFIRMED'] },
  accepted: { buckets: ['BUCKET_ACCEPTED'] },
  anomalies: { anomaliesOnly: true },
  pending: null,
};

/** Figures before the first evidence. @returns {Analytics} */
export const noAnalytics = (campaign) => /** @type {any} */ ({
  campaignId: campaign.id, status: campaign.status, audience: campaign.audience, pending: campaign.audience, rates: {}, skips: [],
  submitted: 0, sent: 0, delivered: 0, read: 0, failed: 0, skipped: 0, unconfirmed: 0, accepted: 0, replied: 0, clicked: 0, version: '0',
});

/**
 * The recipients by their one bucket, in the order of the bar; they sum to the audience.
 * @param {Analytics} a
 */
export const segments = (a) => [
  { id: 'read', count: a.read },
  { id: 'delivered', count: a.delivered - a.read },
  { id: 'sent', count: a.sent - a.delivered },
  { id: 'accepted', count: a.accepted },
  { id: 'unconfirmed', count: a.unconfirmed },
  { id: 'failed', count: a.failed },
  { id: 'skipped', count: a.skipped },
  { id: 'pending', count: a.pending },
];

/** @param {Analytics} a */
export const attempted = (a) => a.audience - a.pending;

/** Newer figures win; a late answer must not turn the counts back. @param {Analytics | undefined} old @param {Analytics} news */
export function newer(old, news) {
  if (!old) return news;
  if (BigInt(news.version ?? 0) < BigInt(old.version ?? 0)) return old;
  return { ...news, cost: news.cost ?? old.cost };
}
