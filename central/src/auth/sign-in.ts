import { type Context, Hono } from "hono";
import { addressOf } from "./address.ts";
import { checkOrigin, type SessionCookie } from "./cookie.ts";
import type { Principal } from "./principal.ts";
import type { Rates } from "./rates.ts";
import type { Sessions } from "./sessions.ts";
import { type SignInPage, signInPage, signInPolicy } from "./sign-in-page.ts";

export interface SignInOptions {
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly rates: Rates;
  readonly behindProxy: boolean;
  readonly publicUrl: string | undefined;
  /** Whose session a request carries. */
  readonly whoIs: (request: Request) => Promise<Principal | undefined>;
  /** Forgets a session that was ended here. */
  readonly forget: (token: string) => void;
}

/** `/sign-in` and `/sign-out`, for people with a browser. */
export function signInRoutes(options: SignInOptions): Hono {
  const { sessions, cookie, rates, behindProxy, publicUrl, whoIs, forget } = options;
  return new Hono()
    .get("/sign-in", async c => {
      const principal = await whoIs(c.req.raw);
      const next = nextOf(c.req.query("next"));
      return answer(c, { next, signedIn: principal?.id, signedOut: c.req.query("signed-out") !== undefined });
    })
    .post("/sign-in", async c => {
      const origin = checkOrigin(c.req.raw, publicUrl);
      if (!origin.ok) return answer(c, { next: usual, refused: origin.problem.detail }, 403);
      const form = new URLSearchParams(await c.req.text());
      const [name, password] = [form.get("name") ?? "", form.get("password") ?? ""];
      const next = nextOf(form.get("next") ?? undefined);
      const { allowed, resetS } = rates.signIns.take(addressOf(c, behindProxy));
      if (!allowed) {
        c.header("retry-after", String(resetS));
        return answer(c, { next, name, refused: `There were many tries from here. Wait ${resetS} s.` }, 429);
      }
      const begun = await sessions.begin(name, password);
      if (!begun.ok) {
        return answer(
          c,
          { next, name, refused: begun.problem.detail },
          begun.problem.code === "rate.limited" ? 429 : 401,
        );
      }
      c.header("set-cookie", cookie.set(begun.value));
      return c.redirect(next, 303);
    })
    .post("/sign-out", async c => {
      const origin = checkOrigin(c.req.raw, publicUrl);
      if (!origin.ok) return answer(c, { next: usual, refused: origin.problem.detail }, 403);
      const token = cookie.read(c.req.header("cookie") ?? null);
      if (token !== undefined) {
        await sessions.end(token);
        forget(token);
      }
      c.header("set-cookie", cookie.remove);
      return c.redirect("/sign-in?signed-out", 303);
    });
}

const usual = "/docs";

/** Only a path of this host: what could lead elsewhere is forgotten. */
function nextOf(asked: string | undefined): string {
  return asked !== undefined && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(asked) ? asked : usual;
}

function answer(c: Context, page: SignInPage, status: 200 | 401 | 403 | 429 = 200) {
  c.header("content-security-policy", signInPolicy);
  c.header("cache-control", "no-store");
  c.header("referrer-policy", "same-origin");
  return c.html(signInPage(page), status);
}
