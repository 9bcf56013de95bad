import { styleText } from "node:util";

/** The terminal, or a file or pipe in its place: then without colours and without lines that are written over. */
export interface Screen {
  say(text: string): void;
  /** A trouble that ends nothing. */
  warn(text: string): void;
  fail(text: string): void;
  /** Shows that something goes on, and what came of it with the time that it took. */
  step<T>(name: string, work: () => Promise<T>, result: (value: T) => string): Promise<T>;
}

/** What is needed of a stream. */
export interface ScreenOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

type Style = Parameters<typeof styleText>[0];

const nameColumns = 12;

export function openScreen(out: ScreenOutput, env: NodeJS.ProcessEnv = process.env): Screen {
  const { NO_COLOR, TERM } = env;
  const live = out.isTTY === true && TERM !== "dumb";
  const paint = (style: Style, text: string) =>
    live && !NO_COLOR ? styleText(style, text, { validateStream: false }) : text;
  let pending = "";

  /** A line above the one of the step that goes on. */
  function line(text: string): void {
    out.write(pending === "" ? `${text}\n` : `\r\u001b[K${text}\n${pending}`);
  }

  return {
    say: line,
    warn: text => line(`${paint("yellow", "!")} ${text}`),
    fail: text => line(`${paint("red", "✗")} ${text}`),
    step: async (name, work, result) => {
      const title = name.padEnd(nameColumns);
      const startMs = performance.now();
      if (live) {
        pending = `  ${title} ${paint("dim", "…")}`;
        out.write(pending);
      }
      try {
        const value = await work();
        const tookS = ((performance.now() - startMs) / 1000).toFixed(1);
        if (live) out.write("\r\u001b[K");
        out.write(`${paint("green", "✓")} ${title} ${result(value)} ${paint("dim", `(${tookS} s)`)}\n`);
        return value;
      } catch (cause) {
        if (live) out.write("\r\u001b[K");
        throw cause;
      } finally {
        pending = "";
      }
    },
  };
}
