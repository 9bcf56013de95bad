import type { z } from "zod";
import { faultsOf } from "./faults.ts";
import { jsonSchemaOf } from "./schema.ts";
import { overlayEnvironment, readFile } from "./source.ts";

export interface LoadConfigOptions<S extends z.ZodType> {
  /** A strict object; defaults of nested objects by `.prefault({})`, so that the inner defaults count. */
  readonly schema: S;
  /** Path of a YAML file; without one, variables and defaults alone. */
  readonly file?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly prefix?: string;
  /** Variables with the prefix that are not the schema's business. */
  readonly ignoreEnv?: readonly string[];
}

export type ConfigResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly string[] };

/** Variables that any process of ours may see and that no configuration schema names. */
const sharedEnv = ["TALLYGATE_LOG_LEVEL"];

/**
 * A YAML file, environment variables over it, defaults under it. `http.listen` is `TALLYGATE_HTTP__LISTEN`; lists are set whole,
 * as YAML. All faults come at once, in the order of the file, each `file:line: path: what is wrong; what is allowed`.
 */
export function loadConfig<S extends z.ZodType>(options: LoadConfigOptions<S>): ConfigResult<z.output<S>> {
  const { schema, file, env = process.env, prefix = "TALLYGATE_", ignoreEnv = [] } = options;
  const root = jsonSchemaOf(schema);
  const read = readFile(file);
  const source = overlayEnvironment(root, read, { env, prefix, ignoreEnv: [...sharedEnv, ...ignoreEnv] });
  // What an unreadable file lacks would be reported as missing; its own faults say enough.
  const parsed = read.faults.length > 0 ? undefined : schema.safeParse(source.data, { reportInput: true });
  if (parsed?.success && source.faults.length === 0) return { ok: true, value: parsed.data };
  const faults = [...source.faults, ...(parsed?.error ? faultsOf(parsed.error.issues, root, source) : [])];
  const inOrder = faults.toSorted((a, b) => (a.line ?? Number.MAX_VALUE) - (b.line ?? Number.MAX_VALUE));
  return { ok: false, faults: inOrder.map(fault => fault.text) };
}
