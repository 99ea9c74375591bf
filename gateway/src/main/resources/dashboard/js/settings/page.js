import { t } from '../i18n/index.js';
import { setQuery, usePlace } from '../router.js';
import { may } from '../session.js';
import { TabPanel, Tabs } from '../ui/controls.js';
import { usePageTitle } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Account } from './account.js';
import { AlertSettings } from './alerts.js';
import { ApiKeys } from './api-keys.js';
import { AuditLog } from './audit-log.js';
import { Quarantine } from './quarantine.js';
import { SendingRules } from './sending-rules.js';
import { Subscriptions } from './subscriptions.js';
import { Users } from './users.js';
import { WorkspaceSettings } from './workspace.js';

/** @type {Array<{id: string, needs: import('../session.js').Role, view: any}>} */
const SECTIONS = [
  { id: 'account', needs: 'VIEWER', view: Account },
  { id: 'workspace', needs: 'VIEWER', view: WorkspaceSettings },
  { id: 'rules', needs: 'VIEWER', view: SendingRules },
  { id: 'alerts', needs: 'OPERATOR', view: AlertSettings },
  { id: 'users', needs: 'OWNER', view: Users },
  { id: 'keys', needs: 'OWNER', view: ApiKeys },
  { id: 'webhooksOut', needs: 'OPERATOR', view: Subscriptions },
  { id: 'webhooks', needs: 'OPERATOR', view: Quarantine },
  { id: 'audit', needs: 'OWNER', view: AuditLog },
];

export default function SettingsPage() {
  usePageTitle(t('settings.title'));
  const { query } = usePlace();
  const open = SECTIONS.filter((section) => may(section.needs));
  const section = open.find((one) => one.id === query.get('section')) ?? open[0];
  const View = section.view;
  return html`
    <div class="page-head"><h1 tabindex="-1">${t('settings.title')}</h1></div>
    <${Tabs} label=${t('settings.title')} value=${section.id} onInput=${(id) => setQuery({ section: id })} tabs=${open.map((one) => ({ id: one.id, label: t(`settings.${one.id}`) }))} />
    <${TabPanel} key=${section.id} id=${section.id}><${View} /><//>`;
}
