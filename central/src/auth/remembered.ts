import type { Result } from "@tallygate/protocol";
import { authLimits } from "./limits.ts";
import type { Principal } from "./principal.ts";

/** Who shows a token or session, and until when that holds at the longest. */
export interface Shown {
  readonly principal: Principal;
  readonly endsMs: number;
}

export interface RememberedOptions {
  /** Finds out who shows this text. */
  readonly check: (text: string) => Promise<Result<Shown>>;
  /** Grows when answers may have become others: {@link Revision}. */
  readonly revision: () => number;
  readonly now: () => number;
}

interface Entry extends Shown {
  readonly revision: number;
}

/**
 * Who showed which token or cookie, by its text, so that a request costs a look-up in a map. An entry holds until it ends or
 * anything about callers has changed; then it is checked again, once for all requests that wait for it. What was refused is
 * not remembered.
 */
export class Remembered {
  private readonly options: RememberedOptions;
  private readonly entries = new Map<string, Entry>();
  private readonly checking = new Map<string, Promise<Result<Principal>>>();

  constructor(options: RememberedOptions) {
    this.options = options;
  }

  /** The principal, at once where it is remembered. */
  get(text: string): Principal | undefined {
    const entry = this.entries.get(text);
    const { revision, now } = this.options;
    return entry !== undefined && entry.revision === revision() && entry.endsMs > now() ? entry.principal : undefined;
  }

  check(text: string): Promise<Result<Principal>> {
    const known = this.checking.get(text);
    if (known !== undefined) return known;
    const checking = this.checkNow(text).finally(() => this.checking.delete(text));
    this.checking.set(text, checking);
    return checking;
  }

  forget(text: string): void {
    this.entries.delete(text);
  }

  private async checkNow(text: string): Promise<Result<Principal>> {
    // Read before the check: a change while it is under way makes it be done again.
    const revision = this.options.revision();
    const shown = await this.options.check(text);
    this.entries.delete(text);
    if (!shown.ok) return shown;
    for (const oldest of this.entries.keys()) {
      if (this.entries.size < authLimits.rememberedMax) break;
      this.entries.delete(oldest);
    }
    this.entries.set(text, { ...shown.value, revision });
    return { ok: true, value: shown.value.principal };
  }
}
