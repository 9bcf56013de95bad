/** What set-up sees of the machine and does to it. `openMachine` is the real one, the tests have their own. */
export interface Machine {
  readonly platform: string;
  readonly nodeVersion: string;
  readonly isRoot: boolean;
  readonly underSystemd: boolean;
  find(program: string): string | undefined;
  run(
    command: string,
    args: readonly string[],
    options?: { quiet?: boolean },
  ): Promise<{ ok: boolean; output: string }>;
  readJson(path: string): unknown;
  exists(path: string): boolean;
  newest(path: string, except?: readonly string[]): number;
  say(text: string): void;
  fail(text: string): void;
}

export function setUp(mode: "dependencies" | "start" | "test", machine: Machine): Promise<boolean>;
