import { html } from '../ui/html.js';

export const Logo = () => html`
  <span class="logo">
    <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false"><rect width="32" height="32" rx="8" class="logo-back" /><path d="M8 13.4v5.2h3.6L22 24V8l-10.4 5.4H8Z" class="logo-front" /><path d="M12 19.4V25h3.4v-4" class="logo-front" /><path d="M24.6 12.6a4.6 4.6 0 0 1 0 6.8" class="logo-wave" /></svg>
    <span>Herald</span>
  </span>`;
