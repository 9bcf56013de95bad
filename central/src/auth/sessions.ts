import { hash, randomBytes } from "node:crypto";
import { ok, type Result, refuse } from "@tallygate/protocol";
import { recordChanges } from "../db/audit/changes.ts";
import { beginTry, forgetTries } from "../db/auth/principals.ts";
import { deleteSession, insertSession, purgeSessions, readSession, updateSessionUsed } from "../db/auth/sessions.ts";
import type { Pool } from "../db/pool.ts";
import { transaction } from "../db/transaction.ts";
import { grantsOf, PrincipalName } from "./grants.ts";
import { authLimits } from "./limits.ts";
import type { Shown } from "./remembered.ts";
import { isPasswordOf } from "./secrets.ts";
import { Turns } from "./turns.ts";

/**
 * People who are signed in. A session ends when it is not used for some hours, after a day at the latest, by signing out, and with
 * the person's password.
 */
export class Sessions {
  private readonly pool: Pool;
  private readonly now: () => number;
  private readonly turns = new Turns({
    atOnce: authLimits.passwordsAtOnce,
    waitingMax: authLimits.passwordsWaiting,
  });

  constructor({ pool, now }: { readonly pool: Pool; readonly now: () => number }) {
    this.pool = pool;
    this.now = now;
  }

  /** Begins a session and gives its secret text. Refuses `access.invalid` in the same words and time, whatever is wrong. */
  async begin(name: string, password: string): Promise<Result<string>> {
    const known = PrincipalName.safeParse(name.trim().toLowerCase());
    const tried = known.success ? await this.try(known.data) : undefined;
    const right = await this.turns.take(() =>
      isPasswordOf(tried?.credential, password.slice(0, authLimits.passwordCharsMax)),
    );
    if (right === undefined) {
      return refuse("rate.limited", "Many people sign in at this moment; try again in a few seconds.");
    }
    if (tried === undefined || !right) return refuse("access.invalid", wrong);
    const token = randomBytes(32).toString("base64url");
    await transaction(this.pool, async client => {
      await forgetTries(client, tried.id);
      await insertSession(client, { tokenHash: hashOf(token), principalId: tried.id, nowMs: this.now() });
      const actor = `person:${known.data}`;
      await recordChanges(client, [{ actor, action: "user.sign_in", resource: `/v1/users/${known.data}` }]);
    });
    return ok(token);
  }

  /** Whose session this is; for {@link Remembered}, which asks again soon enough for its use to be noted. */
  async check(token: string): Promise<Result<Shown>> {
    const tokenHash = hashOf(token);
    const row = await readSession(this.pool, tokenHash);
    const nowMs = this.now();
    const endsMs = (row?.created_ms ?? 0) + authLimits.sessionMaxMs;
    const idleMs = (row?.used_ms ?? 0) + authLimits.sessionIdleMs;
    if (row === undefined || row.disabled || endsMs <= nowMs || idleMs <= nowMs) {
      return refuse("access.invalid", "The session has ended; sign in again at /sign-in.");
    }
    if (nowMs - row.used_ms >= authLimits.sessionUsedEveryMs) await updateSessionUsed(this.pool, tokenHash, nowMs);
    const principal = { kind: "person", id: row.name, grants: grantsOf(row.grants) } as const;
    return ok({ principal, endsMs: Math.min(endsMs, nowMs + authLimits.sessionUsedEveryMs) });
  }

  async end(token: string): Promise<void> {
    await deleteSession(this.pool, hashOf(token));
  }

  /** Forgets sessions that have ended. */
  async purge(): Promise<void> {
    const { sessionIdleMs, sessionMaxMs } = authLimits;
    const nowMs = this.now();
    await purgeSessions(this.pool, { usedBeforeMs: nowMs - sessionIdleMs, createdBeforeMs: nowMs - sessionMaxMs });
  }

  private try(name: string) {
    const { freeFailures, lockedMaxMs } = authLimits;
    return beginTry(this.pool, { name, free: freeFailures, lockedMaxMs });
  }
}

const wrong = `The name or the password is not right. After ${authLimits.freeFailures} wrong ones the next has to wait, longer each time; someone with the role admin can give you a new one.`;

function hashOf(token: string): Buffer {
  return hash("sha256", token, "buffer");
}
