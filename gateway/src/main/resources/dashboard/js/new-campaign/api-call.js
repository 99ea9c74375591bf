import { get } from '../api.js';
import { t } from '../i18n/index.js';
import { CopyButton } from '../ui/controls.js';
import { useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { bindingsFor } from './draft.js';

/** The call that sends this campaign's message to one person, ready to be pasted into a terminal. */
export function ApiCall({ campaign, form }) {
  const template = useResource(form.templateId ? `template ${form.templateId}` : null, (signal) => get(`/templates/${form.templateId}`, {}, signal));
  const command = curlOf(campaign, template.data ? { ...form, bindings: bindingsFor(form, template.data, []) } : form);
  return html`
    <section class="stack-small" aria-label=${t('api.title')}>
      <div class="row-apart"><h3>${t('api.title')}</h3><${CopyButton} text=${command} /></div>
      <pre class="code" tabindex="0"><code>${command}</code></pre>
      <p class="faint">${t('api.text')}</p>
    </section>`;
}

/** A value that is the same for everybody is Herald's; the others come with the call. */
const comesWithCall = (binding) => binding.source !== 'text' || !binding.text.trim();

function curlOf(campaign, form) {
  const fromCall = Object.entries(form.bindings).filter(([, binding]) => comesWithCall(binding)).map(([key, binding]) => [binding.column || key, binding.fallback || '…']);
  const columns = form.messageType === 'REGULAR' ? [...form.text.matchAll(/\{\{\s*([^{}]+?)\s*\}\}/g)].map((match) => [match[1], '…']).filter(([name]) => name !== 'name' && name !== 'phone') : [];
  const recipient = { phone: '+919812345678', name: 'Guest', parameters: Object.fromEntries([...fromCall, ...columns]) };
  const body = JSON.stringify({ recipients: [recipient], requestId: 'order-10442' }, null, 2).replaceAll("'", "'\\''");
  return `curl -X POST '${location.origin}/api/v1/campaigns/${campaign.id}:trigger' \\\n  -H "Authorization: Bearer $HERALD_API_KEY" \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;
}
