import { limits } from "./limits.ts";

const worthSaying = new Set(["warn", "error", "fatal"]);

/** The marks of PostgreSQL, NATS and InfluxDB. What PostgreSQL calls fatal ends one session only, and stays in the log. */
const serverTrouble = /\bPANIC\b|\bNo space left on device\b|\[(ERR|FTL)\]|\blvl=error\b/;

/** What of a child's line deserves the terminal: warnings and errors, in brief. Our own processes write JSON lines. */
export function briefOf(line: string): string | undefined {
  if (!line.startsWith("{")) return serverTrouble.test(line) ? cut(line) : undefined;
  const { level, msg } = parse(line);
  if (typeof level !== "string" || !worthSaying.has(level)) return undefined;
  return typeof msg === "string" && msg !== "" ? cut(msg) : undefined;
}

/** A sentence for people that a child ended with, where its output ends with one. */
export function lastWords(output: string): string | undefined {
  const last = cut(output.split("\n").at(-1) ?? "");
  if (last === "" || last.startsWith("{")) return undefined;
  return /[.!?…]$/.test(last) ? last : `${last}.`;
}

function parse(line: string): { readonly level?: unknown; readonly msg?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function cut(text: string): string {
  return text.length > limits.briefCharsMax ? `${text.slice(0, limits.briefCharsMax)}…` : text;
}

/**
 * Lets a text through once, and again only after a while: ten edges that lose one server say the same thing many times. Numbers
 * in it make no difference. Remembers a bounded number of texts; the oldest is forgotten first.
 */
export class Seldom {
  readonly #saidAtMs = new Map<string, number>();

  allows(text: string, nowMs: number): boolean {
    const key = text.replaceAll(/\d+/g, "0");
    const before = this.#saidAtMs.get(key);
    if (before !== undefined && nowMs - before < limits.briefAgainMs) return false;
    this.#saidAtMs.delete(key);
    this.#saidAtMs.set(key, nowMs);
    const [oldest] = this.#saidAtMs.keys();
    if (this.#saidAtMs.size > limits.briefTextsMax && oldest !== undefined) this.#saidAtMs.delete(oldest);
    return true;
  }
}
