import type { HostPort, Log } from "@tallygate/kit";
import { isLoopback } from "@tallygate/kit";
import type { EdgeConfig } from "../config.ts";
import type { MessageDevice } from "../drivers/index.ts";
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
  readonly listen: HostPort;
  readonly anonymous: boolean;
  readonly users: EdgeConfig["mqtt"]["users"];
}

/** A hash that no password has, so that an unknown user takes as long as a known one. */
const noHash = `scrypt$16384$8$1$${"A".repeat(22)}$${"A".repeat(43)}`;

/** Who may connect to the broker, and what for. */
export class Access {
  readonly #anonymous: boolean;
  readonly #users: ReadonlyMap<string, { readonly password: string; readonly grant: Grant }>;
  #verifying = 0;

  constructor({ listen, anonymous, users }: AccessOptions) {
    this.#anonymous = anonymous && isLoopback(listen.host);
    this.#users = new Map(
      users.map(user => {
        const devices = new Set(user.devices ?? [user.name]);
        return [user.name, { password: user.password, grant: { user: user.name, devices } }];
      }),
    );
  }

  async check(name: string | undefined, password: Uint8Array | undefined): Promise<AccessAnswer> {
    if (name === undefined) {
      return this.#anonymous
        ? { ok: true, grant: { user: undefined, devices: undefined } }
        : { ok: false, reason: "it gave no user and password, and mqtt.anonymous is off" };
    }
    if (this.#verifying >= limits.verificationsMax) {
      return { ok: false, reason: "too many passwords are being checked", later: true };
    }
    const user = this.#users.get(name);
    this.#verifying++;
    try {
      const right = await verifyPassword(password ?? "", user?.password ?? noHash);
      if (user !== undefined && right) return { ok: true, grant: user.grant };
      return { ok: false, reason: `its user ${JSON.stringify(name.slice(0, 60))} or the password is wrong` };
    } finally {
      this.#verifying--;
    }
  }
}

/** Log lines about refused clients: an operator must see them, and a client that tries for ever must not fill the disk. */
export class RefusalLog {
  readonly #log: Log;
  #lastMs = Number.NEGATIVE_INFINITY;
  #kept = 0;
  count = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  refused(client: string, address: string | undefined, reason: string): void {
    this.count++;
    const now = performance.now();
    if (now - this.#lastMs < limits.refusalLogMs) {
      this.#kept++;
      return;
    }
    const before = this.#kept === 0 ? {} : { refused_since: this.#kept };
    this.#log.warn({ client, address, reason, ...before }, "an MQTT client was refused");
    this.#lastMs = now;
    this.#kept = 0;
  }
}
