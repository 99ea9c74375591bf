import { t } from '../i18n/index.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icons.js';

const ICONS = { DRAFT: 'draft', SCHEDULED: 'clock', LIVE: 'dot', PAUSED: 'pause', SENT: 'check', STOPPED: 'stop' };

/** Where a campaign stands: in words, with a shape and a colour. @param {{status: string}} props */
export const StatusPill = ({ status }) => html`
  <span class=${`pill pill-${String(status).toLowerCase()}`}><${Icon} name=${ICONS[status] ?? 'dot'} />${t(`status.${status}`)}</span>`;
