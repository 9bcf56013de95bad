/** A column as RFC 3339 in UTC to the microsecond, so that a time that was shown can be asked for again without loss. */
export function rfc3339(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** As {@link rfc3339}, to the millisecond: what devices and edges tell. */
export function rfc3339Ms(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** Collects the conditions that a request asks for, and numbers their values. */
export class Conditions {
  readonly values: unknown[] = [];
  readonly #conditions: string[] = [];

  /** Numbers a value that stands outside the conditions. */
  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** Adds a condition unless the value is undefined; `condition` gets the value's number. */
  when<T>(value: T | undefined, condition: (number: string) => string): this {
    return value === undefined ? this : this.add(condition(this.value(value)));
  }

  /** Adds a condition whose values are numbered already. */
  add(condition: string): this {
    this.#conditions.push(condition);
    return this;
  }

  /** `where …`, or nothing. */
  where(): string {
    return this.#conditions.length === 0 ? "" : `where ${this.#conditions.join(" and ")}`;
  }

  /** ` and …`, or nothing; behind a condition of one's own. */
  and(): string {
    return this.#conditions.map(condition => ` and ${condition}`).join("");
  }
}
