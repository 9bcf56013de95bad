import { limits } from "./limits.ts";

/** What a system error means, and what to do, by its code. `$where` is the address or path that it names. */
const advice: Readonly<Record<string, string>> = {
  EADDRINUSE: "$where is taken by another program; stop that one, or set another address",
  EADDRNOTAVAIL: "this machine does not have the address $where; set one that it has",
  ECONNREFUSED: "nothing answers at $where; start it, or set the right address",
  ECONNRESET: "$where broke the connection",
  EHOSTUNREACH: "there is no way to $where; check the network",
  ENETUNREACH: "there is no way to $where; check the network",
  ETIMEDOUT: "$where does not answer in time",
  ENOTFOUND: "no name server knows $where; check the name",
  EAI_AGAIN: "the name server does not answer for $where; check the network",
  ENOSPC: "the disk is full at $where; free some space",
  EDQUOT: "the disk quota is used up at $where; free some space",
  EACCES: "no permission for $where; give this user the right, or set another",
  EPERM: "no permission for $where; give this user the right, or set another",
  EROFS: "$where is read-only; set a place that can be written",
  ENOENT: "there is no $where",
  EISDIR: "$where is a directory, not a file",
  ENOTDIR: "a part of $where is no directory",
  EMFILE: "too many files are open; raise the limit (ulimit -n)",
  EBUSY: "$where is in use by another program",
};

/** Primary result codes of SQLite, https://www.sqlite.org/rescode.html */
const sqliteAdvice: Readonly<Record<number, string>> = {
  5: "another process uses the database",
  8: "the database can only be read; give this user the right to write",
  10: "the disk failed under the database",
  11: "the database file is damaged",
  13: "the disk is full; free some space",
  14: "the database file cannot be opened; check that its folder is there and can be written",
  26: "the file is not a database",
};

/**
 * One sentence for people out of anything thrown: what failed, why (through the chain of causes), and for known system errors
 * what to do. No stack, no line breaks; it ends with a full stop.
 */
export function sentence(error: unknown): string {
  const parts: string[] = [];
  for (const part of chain(error)) {
    const last = parts.at(-1);
    if (part === "" || last?.includes(part)) continue;
    parts.push(part);
  }
  const text = parts.join(": ").replaceAll(/\s+/g, " ").trim() || "something failed without saying why";
  const cut = text.length > limits.sentenceMaxLength ? `${text.slice(0, limits.sentenceMaxLength)}…` : text;
  return /[.!?…]$/.test(cut) ? cut : `${cut}.`;
}

function chain(error: unknown): string[] {
  const parts: string[] = [];
  let at: unknown = error;
  // A chain of causes may close on itself; eight links are more than any of ours has.
  for (let depth = 0; depth < 8 && at !== undefined && at !== null; depth++) {
    parts.push(explain(at));
    at = next(at);
  }
  return parts;
}

function next(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  if (error.cause !== undefined) return error.cause;
  if (error instanceof AggregateError && errorCode(error) === undefined) return error.errors[0];
  return undefined;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === "string" ? error : safeJson(error);
  const sqlite = property(error, "errcode");
  if (typeof sqlite === "number") {
    const known = sqliteAdvice[sqlite & 0xff];
    return known === undefined ? error.message : `${known} (${error.message})`;
  }
  const code = errorCode(error);
  const known = code === undefined || !isSystemError(error) ? undefined : advice[code];
  // An aggregate without words of its own: the first of its errors, the next link of the chain, says more.
  if (known === undefined && error instanceof AggregateError && error.message === "") return "";
  if (known === undefined) return error.message || code || error.name;
  return known.replace("$where", () => where(error)).concat(` (${code})`);
}

/** From the system itself: an error of ours that keeps the code has a better sentence of its own. */
function isSystemError(error: Error): boolean {
  return typeof property(error, "syscall") === "string" || error instanceof AggregateError;
}

/** The code of a system or driver error, such as `ECONNREFUSED`, where it has one. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error ? property(error, "code") : undefined;
  return typeof code === "string" ? code : undefined;
}

function where(error: Error): string {
  const inner = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const [address, port, path, hostname] = ["address", "port", "path", "hostname"].map(key => property(inner, key));
  if (typeof path === "string") return path;
  if (typeof address === "string") return typeof port === "number" ? `${bracketed(address)}:${port}` : address;
  if (typeof hostname === "string") return hostname;
  return typeof port === "number" ? `port ${port}` : "it";
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

function property(error: object, key: string): unknown {
  return Reflect.get(error, key);
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
