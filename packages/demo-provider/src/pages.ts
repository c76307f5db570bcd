/** The one page: who do you want to be? It says plainly that nobody is asked for a password. */
import type { DemoUser } from './users.ts';

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/** No script, no style from elsewhere, nothing to load. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

const STYLE =
  'body{font:1rem/1.5 system-ui;max-width:34rem;margin:3rem auto;padding:0 1rem}button{font:inherit;width:100%;text-align:left;padding:.6rem 1rem;margin:.25rem 0}strong{color:#a00}small{color:#555}';

const frame = (body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>DEMO log-in</title><style>${STYLE}</style><body><h1><strong>DEMO</strong> log-in</h1>${body}</body></html>`;

export function choicePage(users: readonly DemoUser[], action: string): string {
  const buttons = users.map(
    ({ id, name, roles, organisation }) =>
      `<button name="user" value="${escaped(id)}">${escaped(name)}<br><small>${escaped([roles.join(', '), organisation].filter((part) => part !== undefined).join(' · '))}</small></button>`,
  );
  return frame(
    `<p>No passwords: this provider runs on your machine for a demonstration with invented people and data. Who do you want to be?</p><form method="post" action="${escaped(action)}">${buttons.join('')}</form>`,
  );
}

export const faultPage = (text: string): string => frame(`<p>${escaped(text)}</p>`);
