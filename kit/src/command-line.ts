import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import type { z } from "zod";
import { describeConfig } from "./config/describe.ts";
import { nearest } from "./nearest.ts";

export interface CommandLineOptions {
  readonly name: string;
  readonly summary: string;
  readonly config: z.ZodType;
  readonly defaultConfigFile?: string;
  readonly args?: string;
}

export type CommandLine =
  | { readonly kind: "help" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "check" | "run"; readonly file: string | undefined; readonly args: readonly string[] };

const known = ["config", "check", "help"];

/** Reads `--config FILE`, `--check` and `--help`, and refuses all else that `args` does not announce. */
export function parseCommandLine(argv: readonly string[], options: CommandLineOptions): CommandLine {
  const { tokens } = parseArgs({
    args: [...argv],
    options: { config: { type: "string" }, check: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    strict: false,
    tokens: true,
  });
  const args: string[] = [];
  const seen = new Map<string, string | undefined>();
  for (const token of tokens) {
    if (token.kind === "positional") args.push(token.value);
    if (token.kind !== "option") continue;
    if (!known.includes(token.name)) return refused(unknownOption(token.rawName, token.name));
    if (!isRightlyUsed(token)) return refused(wrongUse(token.name));
    seen.set(token.name, token.value);
  }
  if (seen.has("help")) return { kind: "help" };
  if (args.length > 0 && options.args === undefined) return refused(`there is no argument "${args[0]}"`);
  const usual = options.defaultConfigFile;
  const file = seen.get("config") ?? (usual !== undefined && existsSync(usual) ? usual : undefined);
  return { kind: seen.has("check") ? "check" : "run", file, args };
}

function refused(reason: string): CommandLine {
  return { kind: "refused", reason };
}

/** `--config` has a value that is no option itself; the others have none. */
function isRightlyUsed(token: { name: string; value: string | undefined; inlineValue: boolean | undefined }): boolean {
  if (token.name !== "config") return token.value === undefined;
  return Boolean(token.value) && (token.inlineValue === true || !token.value?.startsWith("-"));
}

function unknownOption(raw: string, name: string): string {
  const near = nearest(name, known);
  return `there is no option ${raw}${near === undefined ? "" : `; did you mean --${near}?`}`;
}

function wrongUse(name: string): string {
  return name === "config" ? "--config needs the name of a file" : `--${name} takes no value`;
}

export function usage({ name, args }: CommandLineOptions): string {
  return `Usage: ${name} [--config FILE] [--check] [--help]${args === undefined ? "" : ` ${args}`}`;
}

/** What `--help` prints: the options, and every configuration key with what is allowed, its default and its variable. */
export function help(options: CommandLineOptions): string {
  const usual = options.defaultConfigFile;
  const keys = describeConfig(options.config).keys.map(key => {
    const standard = key.default === undefined ? (key.required ? "required" : "optional") : `default ${key.default}`;
    const description = key.description && `\n      ${key.description}`;
    return `  ${key.path}: ${key.allowed}; ${standard}${description}${key.env === undefined ? "" : `\n      ${key.env}`}`;
  });
  return [
    options.summary,
    "",
    usage(options),
    "",
    `  --config FILE  the configuration, in YAML${usual === undefined ? "" : `; without it ${usual}, where that is there`}`,
    "  --check        check the configuration, say every fault, and end",
    "  --help         this text",
    "",
    "Configuration; an environment variable goes over the file:",
    "",
    ...keys,
    "",
    "TALLYGATE_LOG_LEVEL is trace, debug, info, warn, error, fatal or silent; info without it.",
    "",
  ].join("\n");
}
