import { t } from '../i18n/index.js';
import { Button } from './controls.js';
import { html } from './html.js';

/** @typedef {{now?: 'ascending' | 'descending', label: string, onSort: () => void}} Sort how a column's heading orders the list */

/**
 * @template T
 * @typedef {{id: string, title: any, class?: string, cell: (row: T) => any, phone?: 'title' | 'hide', sort?: Sort}} Column
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
          <tr role="row">${columns.map((column) => html`<th key=${column.id} role="columnheader" scope="col" class=${column.class} aria-sort=${column.sort?.now}>${column.sort ? html`<${SortButton} title=${column.title} sort=${column.sort} />` : column.title}</th>`)}</tr>
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

/** A heading that orders the list by its column; the arrow is decoration, aria-sort tells it. */
const SortButton = ({ title, sort }) => html`
  <button type="button" class="sort" title=${sort.label} onClick=${sort.onSort}>${title}<span aria-hidden="true" class="sort-arrow">${sort.now === 'ascending' ? '↑' : sort.now === 'descending' ? '↓' : '↕'}</span></button>`;

/** The foot of a list that is read page by page. */
export const MoreRows = ({ shown, more, busy, onMore, label }) => html`
  <div class="more-rows">
    <span aria-live="polite">${label ?? t('table.shown', { n: shown })}</span>
    ${more && html`<${Button} busy=${busy} onClick=${onMore}>${t('table.more')}<//>`}
  </div>`;
