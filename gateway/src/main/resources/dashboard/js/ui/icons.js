import { html } from './html.js';

// Line icons on a 20 × 20 grid, drawn for this dashboard. They are decoration: the words beside them carry the meaning.

const PATHS = {
  eye: 'M1.8 10S4.8 4.5 10 4.5 18.2 10 18.2 10 15.2 15.5 10 15.5 1.8 10 1.8 10Z M10 12.4a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8Z',
  campaigns: 'M3 8.2v3.6h2.6l7.4 3.7v-11L5.6 8.2H3Z M15.6 7.4a3.6 3.6 0 0 1 0 5.2 M6.2 12v4.2h2.4v-3',
  overview: 'M3 16.5h14 M5 13.5V9.8 M8.4 13.5V5.2 M11.8 13.5V7.6 M15.2 13.5V3.6',
  contacts: 'M10 10.4a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8Z M3.6 16.8c.8-2.7 3.3-4 6.4-4s5.6 1.3 6.4 4',
  templates: 'M4 3.4h12v10.4H9.4L5.8 16.8v-3H4V3.4Z M7 7h6 M7 10h4',
  channels: 'M6.2 2.6h7.6v14.8H6.2V2.6Z M9 14.9h2',
  wallet: 'M3 5.4h12.4v2.4 M3 5.4v10.2h14V7.8H4.4A1.4 1.4 0 0 1 3 6.4v-1Z M13.6 11.7h.1',
  settings: 'M3 6h7.4 M13.6 6H17 M3 14h3.4 M9.6 14H17 M12 7.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z M8 15.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  plus: 'M10 4v12 M4 10h12',
  search: 'M9 14.4A5.4 5.4 0 1 0 9 3.6a5.4 5.4 0 0 0 0 10.8Z M13 13l3.8 3.8',
  close: 'M5 5l10 10 M15 5 5 15',
  menu: 'M3 5.5h14 M3 10h14 M3 14.5h14',
  down: 'M5.5 8l4.5 4.5L14.5 8',
  next: 'M8 5.5l4.5 4.5L8 14.5',
  back: 'M12 5.5 7.5 10l4.5 4.5',
  pause: 'M7 4.5v11 M13 4.5v11',
  play: 'M6.5 4.2v11.6l9-5.8-9-5.8Z',
  stop: 'M5 5h10v10H5V5Z',
  check: 'M4 10.6l3.8 3.8L16 6',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Z M10 6v4.2l2.8 1.7',
  draft: 'M4 16l.8-3.4L13.2 4l2.8 2.8-8.6 8.4L4 16Z',
  warning: 'M10 3.2 18 16.6H2L10 3.2Z M10 8v4 M10 14.3h.1',
  info: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Z M10 9.2V14 M10 6.4h.1',
  download: 'M10 3.5v9 M6.2 9l3.8 3.8L13.8 9 M3.8 16.4h12.4',
  upload: 'M10 12.8V3.8 M6.2 7.4 10 3.6l3.8 3.8 M3.8 16.4h12.4',
  refresh: 'M16 8.2A6.4 6.4 0 1 0 16.4 11 M16.2 3.8v4.4h-4.4',
  retarget: 'M10 17a7 7 0 1 1 7-7 M10 13.2A3.2 3.2 0 1 1 13.2 10 M17.5 17.5 12.5 12.5 M12.4 15.8v-3.4h3.4',
  copy: 'M7 7h9v9H7V7Z M13 7V4H4v9h3',
  link: 'M8.4 11.6l3.2-3.2 M9.2 6.2l1.6-1.6a3.2 3.2 0 0 1 4.6 4.6l-1.6 1.6 M10.8 13.8l-1.6 1.6a3.2 3.2 0 0 1-4.6-4.6l1.6-1.6',
  external: 'M8 4.5H4.5v11h11V12 M11 4.5h4.5V9 M15.2 4.8 9.5 10.5',
  call: 'M4 4.2c0 6.6 5.2 11.8 11.8 11.8v-3.4l-3.4-1.2-1.5 1.6a9.6 9.6 0 0 1-3.9-3.9l1.6-1.5L7.4 4.2H4Z',
  reply: 'M8 5.5 3.8 9.6 8 13.7 M4 9.6h7.6c2.8 0 4.6 1.8 4.6 4.9',
  image: 'M3.5 4.5h13v11h-13v-11Z M3.8 13.4l4-3.9 3.4 3.3 2-1.9 3 2.9 M12.6 8.1h.1',
  file: 'M5.5 3h6l3.5 3.5V17h-9.5V3Z M11.2 3.2v3.6h3.6',
  video: 'M3.5 5.5h9v9h-9v-9Z M12.5 8.8l4-2.3v7l-4-2.3',
  pin: 'M10 17.2s5.2-4.9 5.2-9A5.2 5.2 0 0 0 4.8 8.2c0 4.1 5.2 9 5.2 9Z M10 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  user: 'M10 9.6a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z M4.4 16.4c.6-2.6 2.8-3.8 5.6-3.8s5 1.2 5.6 3.8',
  key: 'M7 14.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4Z M9.4 8.8 15.6 3 M13 5.4l2.2 2.3',
  sun: 'M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4Z M10 2.2v2 M10 15.8v2 M2.2 10h2 M15.8 10h2 M4.5 4.5l1.4 1.4 M14.1 14.1l1.4 1.4 M15.5 4.5l-1.4 1.4 M5.9 14.1l-1.4 1.4',
  trash: 'M4 5.8h12 M8 5.6V3.6h4v2 M5.6 5.8l.8 11h7.2l.8-11',
  api: 'M7 6 3 10l4 4 M13 6l4 4-4 4 M11.2 4.4 8.8 15.6',
  broadcast: 'M10 11.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4Z M6.8 13.2a4.5 4.5 0 0 1 0-6.4 M13.2 6.8a4.5 4.5 0 0 1 0 6.4 M4.3 15.7a8 8 0 0 1 0-11.4 M15.7 4.3a8 8 0 0 1 0 11.4',
  text: 'M4 5.2h12 M10 5.2v10.6',
  more: 'M4.6 10h.1 M10 10h.1 M15.4 10h.1',
  dot: 'M10 11a1 1 0 1 0 0-2 1 1 0 0 0 0 2Z',
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {{name: IconName, class?: string, flip?: boolean}} props flip: mirrored in right-to-left languages */
export function Icon({ name, class: extra = '', flip = false }) {
  return html`<svg class=${`icon ${flip ? 'icon-flip' : ''} ${extra}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}
