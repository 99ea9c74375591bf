import { t } from '../i18n/index.js';
import { Button } from './controls.js';
import { html } from './html.js';

/**
 * @template T
 * @typedef {{id: string, title: any, class?: string, cell: (row: T) => any, phone?: 'title' | 'hide'}} Column
 */

/**
 * A table that becomes a list of cards on a phone. Roles are written out because a changed display property takes the
 * table's meaning away from some screen readers.
 * @param {{caption: string, columns: Array<Column<any>>, rows: any[], keyOf: (row: any) => string, rowClass?: (row: any) => string, busy?: boolean, class?: string}} props
 */
export function Table({ caption, columns, rows, keyOf, rowClass = () => '', busy = false, class: extra = '' }) {
  return html`
    <div class=${`table-frame ${busy ? 'is-busy' : ''}`}>
      <table class=${`table ${extra}`} role="table" aria-busy=${busy ? 'true' : 'false'}>
        <caption class="visually-hidden">${caption}</caption>
        <thead role="rowgroup">
          <tr role="row">${columns.map((column) => html`<th key=${column.id} role="columnheader" scope="col" class=${column.class}>${column.title}</th>`)}</tr>
        </thead>
        <tbody role="rowgroup">
          ${rows.map((row) => html`
            <tr key=${keyOf(row)} role="row" class=${rowClass(row)}>
              ${columns.map((column) => html`
                <td key=${column.id} role="cell" class=${`${column.class ?? ''} ${column.phone ? `phone-${column.phone}` : ''}`}
                  data-label=${typeof column.title === 'string' ? column.title : undefined}>${column.cell(row)}</td>`)}
            </tr>`)}
        </tbody>
      </table>
    </div>`;
}

/** The foot of a list that is read page by page. */
export const MoreRows = ({ shown, more, busy, onMore, label }) => html`
  <div class="more-rows">
    <span aria-live="polite">${label ?? t('table.shown', { n: shown })}</span>
    ${more && html`<${Button} busy=${busy} onClick=${onMore}>${t('table.more')}<//>`}
  </div>`;
