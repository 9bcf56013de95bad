import { hash } from "node:crypto";
import { html, raw } from "hono/html";

export interface SignInPage {
  /** Where to go afterwards; a path here. */
  readonly next: string;
  readonly name?: string | undefined;
  /** Why it did not work. */
  readonly refused?: string | undefined;
  /** Who is signed in. */
  readonly signedIn?: string | undefined;
  readonly signedOut?: boolean;
}

const style = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --line: #8c959f; --ground: #fff; --act: #0757b8; --on-act: #fff; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9da7b3; --line: #6e7781; --ground: #0d1117; --act: #79b8ff; --on-act: #0d1117; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: start center; padding: 12vh 16px 16px; background: var(--ground); color: var(--text); font: 16px/24px system-ui, sans-serif; }
main { width: 100%; max-width: 352px; }
h1 { margin: 0 0 8px; font-size: 24px; line-height: 32px; font-weight: 600; }
p { margin: 0 0 24px; color: var(--soft); }
label { display: block; margin-bottom: 4px; font-weight: 600; }
input, button { width: 100%; min-height: 48px; padding: 8px 12px; border-radius: 4px; font: inherit; }
input { margin-bottom: 16px; border: 1px solid var(--line); background: transparent; color: inherit; }
button { margin-top: 8px; border: 0; background: var(--act); color: var(--on-act); font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
a { color: var(--act); }
.refused { padding-left: 12px; border-left: 4px solid var(--bad); color: var(--bad); }
`;

/** Nothing but the page's own style, and its form to where it came from. */
export const signInPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${hash("sha256", style, "base64")}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The page where people sign in and out. It needs no script and nothing from elsewhere. */
export function signInPage(page: SignInPage) {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${page.refused === undefined ? "" : "Not signed in · "}Sign in · Tallygate</title>
    <style>${raw(style)}</style>
  </head>
  <body>
    <main>${page.signedIn === undefined ? form(page) : out(page.signedIn, page.next)}</main>
  </body>
</html>`;
}

function form({ next, name, refused, signedOut }: SignInPage) {
  const said = signedOut === true ? "You are signed out." : "Stock that keeps itself right.";
  return html`
      <h1>Sign in to Tallygate</h1>
      ${refused === undefined ? html`<p role="status">${said}</p>` : html`<p class="refused" role="alert">⚠ ${refused}</p>`}
      <form method="post" action="/sign-in">
        <input type="hidden" name="next" value="${next}" />
        <label for="name">Name</label>
        <input id="name" name="name" value="${name ?? ""}" required maxlength="64" autocomplete="username" autocapitalize="none" spellcheck="false" ${name ? "" : "autofocus"} />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" required maxlength="200" autocomplete="current-password" ${name ? "autofocus" : ""} />
        <button>Sign in</button>
      </form>`;
}

function out(name: string, next: string) {
  return html`
      <h1>You are signed in</h1>
      <p>as ${name}. <a href="${next}">Go on</a></p>
      <form method="post" action="/sign-out"><button>Sign out</button></form>`;
}
