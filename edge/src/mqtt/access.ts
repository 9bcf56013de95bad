import { createHmac, randomBytes } from "node:crypto";
import type { Log } from "@tallygate/kit";
import type { MessageDevice } from "../drivers/index.ts";
import type { User } from "./config.ts";
import { limits } from "./limits.ts";
import { verifyPassword } from "./password.ts";

/** What a connected client may do. */
export interface Grant {
  /** Absent for anonymous clients. */
  readonly user: string | undefined;
  /** Devices whose topics the client may publish to, besides those that name the user; absent: all. */
  readonly devices: ReadonlySet<string> | undefined;
}

/** Whether who has the grant may send for the device. */
export function maySend({ devices, user }: Grant, device: MessageDevice): boolean {
  return devices === undefined || devices.has(device.id) || (user !== undefined && device.user === user);
}

export type AccessAnswer =
  | { readonly ok: true; readonly grant: Grant }
  | { readonly ok: false; readonly reason: string; readonly later?: boolean };

export interface AccessOptions {
  /** Who comes without a name may send for every device. Only for listeners that other machines cannot reach. */
  readonly anonymous: boolean;
  readonly users: readonly User[];
}

/** What a client shows. */
export interface Shown {
  readonly name?: string | undefined;
  readonly password?: Uint8Array | string | undefined;
}

interface Account {
  readonly password: string;
  readonly grant: Grant;
}

/** A hash that no password has, so that an unknown user takes as long as a known one. */
const noHash = `scrypt$16384$8$1$${"A".repeat(22)}$${"A".repeat(43)}`;

/** Who may send to the edge, and for which devices. */
export class Access {
  readonly #anonymous: boolean;
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #known = new VerifiedCache();
  #verifying = 0;

  constructor({ anonymous, users }: AccessOptions) {
    this.#anonymous = anonymous;
    this.#accounts = new Map(
      users.map(user => {
        const devices = new Set(user.devices ?? [user.name]);
        return [user.name, { password: user.password, grant: { user: user.name, devices } }];
      }),
    );
  }

  get anonymous(): boolean {
    return this.#anonymous;
  }

  /** A name with its password. `anonymousHere` is false where nobody may come without a name, whatever is configured. */
  async check({ name, password = "" }: Shown, anonymousHere = true): Promise<AccessAnswer> {
    if (name === undefined) {
      return this.#anonymous && anonymousHere
        ? { ok: true, grant: { user: undefined, devices: undefined } }
        : { ok: false, reason: "it gave no user and password, and anonymous is off" };
    }
    const account = this.#accounts.get(name);
    const right = await this.#verify(password, account?.password ?? noHash);
    if (right === undefined) return { ok: false, reason: "too many passwords are being checked", later: true };
    if (account !== undefined && right) return { ok: true, grant: account.grant };
    return { ok: false, reason: `its user ${JSON.stringify(name.slice(0, 60))} or the password is wrong` };
  }

  /** A name that was proved otherwise, by a client's certificate. */
  named(name: string): AccessAnswer {
    const account = this.#accounts.get(name);
    // Who has a certificate of the site's authority needs no entry: it is the device of that name.
    return { ok: true, grant: account?.grant ?? { user: name, devices: new Set([name]) } };
  }

  /** A token alone: the password of any user that may send for the device. */
  async checkToken(token: string, device: MessageDevice): Promise<AccessAnswer> {
    const accounts = [...this.#accounts.values()].filter(({ grant }) => maySend(grant, device));
    for (const { password, grant } of accounts.slice(0, limits.tokenUsersMax)) {
      const right = await this.#verify(token, password);
      if (right === undefined) return { ok: false, reason: "too many tokens are being checked", later: true };
      if (right) return { ok: true, grant };
    }
    return { ok: false, reason: `its token is none of those that may send for ${device.id}` };
  }

  /** `undefined` when too many are being checked already. */
  async #verify(password: Uint8Array | string, hash: string): Promise<boolean | undefined> {
    if (this.#known.has(password, hash)) return true;
    if (this.#verifying >= limits.verificationsMax) return undefined;
    this.#verifying++;
    try {
      const right = await verifyPassword(password, hash);
      if (right) this.#known.add(password, hash);
      return right;
    } finally {
      this.#verifying--;
    }
  }
}

/**
 * Passwords that were right a while ago. Checking one takes 50 ms by design, and over HTTP each message brings it. Kept is only a
 * keyed digest, of a key that this process draws and that never leaves it.
 */
class VerifiedCache {
  readonly #key = randomBytes(32);
  readonly #until = new Map<string, number>();

  has(password: Uint8Array | string, hash: string): boolean {
    const until = this.#until.get(this.#digest(password, hash));
    return until !== undefined && performance.now() < until;
  }

  add(password: Uint8Array | string, hash: string): void {
    if (this.#until.size >= limits.verifiedMax) this.#until.clear();
    this.#until.set(this.#digest(password, hash), performance.now() + limits.verifiedMs);
  }

  #digest(password: Uint8Array | string, hash: string): string {
    return createHmac("sha256", this.#key).update(hash).update("\0").update(password).digest("base64");
  }
}

/** Log lines about refused clients: an operator must see them, and a client that tries for ever must not fill the disk. */
export class RefusalLog {
  readonly #log: Log;
  readonly #what: string;
  #lastMs = Number.NEGATIVE_INFINITY;
  #kept = 0;
  count = 0;

  constructor(log: Log, what = "an MQTT client was refused") {
    this.#log = log;
    this.#what = what;
  }

  refused(client: string, address: string | undefined, reason: string): void {
    this.count++;
    const now = performance.now();
    if (now - this.#lastMs < limits.refusalLogMs) {
      this.#kept++;
      return;
    }
    const before = this.#kept === 0 ? {} : { refused_since: this.#kept };
    this.#log.warn({ client, address, reason, ...before }, this.#what);
    this.#lastMs = now;
    this.#kept = 0;
  }
}
