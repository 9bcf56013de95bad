import { limits, ok, PlaceCode, type Result, refuse, splitScan } from "@tallygate/protocol";
import { type ScanMode, scanModes } from "./modes.ts";

/** What a command barcode tells the scanner that reads it. */
export type Command =
  | { readonly kind: "mode"; readonly mode: ScanMode }
  | { readonly kind: "place"; readonly place: PlaceCode }
  | { readonly kind: "quantity"; readonly quantity: number }
  | { readonly kind: "undo" }
  | { readonly kind: "cancel" };

/**
 * Every command begins so. No GS1 code does: element strings begin with the digits of an Application Identifier, EAN/UPC and ITF-14
 * are digits, a Digital Link begins with `http`. Text that begins so is never goods, whether it is a command or not.
 */
const prefix = "TG:";

/** The command that a scan is; nothing for what does not begin as one. Refuses `command.unknown` and `place.unknown`. */
export function parseCommand(scan: string): Result<Command> | undefined {
  const { text } = splitScan(scan);
  if (!text.startsWith(prefix)) return undefined;
  const [verb = "", ...rest] = text.slice(prefix.length).trimEnd().split(":");
  const value = rest.join(":");
  return commands[verb.toUpperCase()]?.(value) ?? unknown(text);
}

/** A command is one line here. Each says nothing to a value that it cannot have. */
const commands: Readonly<Record<string, (value: string) => Result<Command> | undefined>> = {
  MODE: value => {
    const mode = scanModes.find(each => each === value.toLowerCase());
    return mode && ok({ kind: "mode", mode });
  },
  PLACE: value => {
    const place = PlaceCode.safeParse(value.toLowerCase());
    if (place.success) return ok({ kind: "place", place: place.data });
    return refuse("place.unknown", `${JSON.stringify(value.slice(0, 100))} cannot be the code of a place.`);
  },
  QTY: value => {
    const quantity = /^\d{1,10}$/.test(value) ? Number(value) : 0;
    return quantity < 1 || quantity > limits.quantityMax ? undefined : ok({ kind: "quantity", quantity });
  },
  UNDO: value => (value === "" ? ok({ kind: "undo" }) : undefined),
  CANCEL: value => (value === "" ? ok({ kind: "cancel" }) : undefined),
};

function unknown(text: string): Result<Command> {
  const detail = `${JSON.stringify(text.slice(0, 100))} is no command: see docs/scanner-commands.md for those there are.`;
  return refuse("command.unknown", detail);
}
