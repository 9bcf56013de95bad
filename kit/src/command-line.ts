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
  readonly flags?: readonly string[];
}

export type CommandLine =
  | { readonly kind: "help" }
  | { readonly kind: "refused"; readonly reason: string }
  | {
      readonly kind: "check" | "run";
      readonly file: string | undefined;
      readonly args: readonly string[];
      readonly flags: ReadonlyMap<string, readonly string[]>;
    };

const known = ["config", "check", "help"];

/** Reads `--config FILE`, `--check` and `--help`, and refuses all else that `args` and `flags` do not announce. */
export function parseCommandLine(argv: readonly string[], options: CommandLineOptions): CommandLine {
  const own = options.flags ?? [];
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      config: { type: "string" },
      check: { type: "boolean" },
      help: { type: "boolean", short: "h" },
      ...Object.fromEntries(own.map(name => [name, { type: "string" as const }])),
    },
    strict: false,
    tokens: true,
  });
  const args: string[] = [];
  const flags = new Map<string, string[]>();
  const seen = new Map<string, string | undefined>();
  for (const token of tokens) {
    if (token.kind === "positional") args.push(token.value);
    if (token.kind !== "option") continue;
    const isOwn = own.includes(token.name);
    if (!isOwn && !known.includes(token.name)) {
      return refused(unknownOption(token.rawName, token.name, [...known, ...own]));
    }
    if (!isRightlyUsed(token, isOwn || token.name === "config")) return refused(wrongUse(token.name, isOwn));
    if (isOwn) flags.set(token.name, [...(flags.get(token.name) ?? []), token.value ?? ""]);
    else seen.set(token.name, token.value);
  }
  if (seen.has("help")) return { kind: "help" };
  if (args.length > 0 && options.args === undefined) return refused(`there is no argument "${args[0]}"`);
  const usual = options.defaultConfigFile;
  const file = seen.get("config") ?? (usual !== undefined && existsSync(usual) ? usual : undefined);
  return { kind: seen.has("check") ? "check" : "run", file, args, flags };
}

function refused(reason: string): CommandLine {
  return { kind: "refused", reason };
}

/** Some options have a value that is no option itself; the others have none. */
function isRightlyUsed(
  token: { value: string | undefined; inlineValue: boolean | undefined },
  hasValue: boolean,
): boolean {
  if (!hasValue) return token.value === undefined;
  return Boolean(token.value) && (token.inlineValue === true || !token.value?.startsWith("-"));
}

function unknownOption(raw: string, name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return `there is no option ${raw}${near === undefined ? "" : `; did you mean --${near}?`}`;
}

function wrongUse(name: string, isOwn: boolean): string {
  if (isOwn) return `--${name} needs a value`;
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
