import type { Draft } from "../draft.ts";
import type { Sighting } from "../move.ts";
import type { ActiveTag } from "../state.ts";
import type { ReadPointRule } from "../types.ts";
import { hearAtGate } from "./gate.ts";
import { scanThing } from "./scanner.ts";

/** What each mode of a read point does with one thing of its own. A mode is one file and one line here. */
export const modes: Readonly<
  Record<ReadPointRule["mode"], (draft: Draft, tag: ActiveTag, sighting: Sighting) => void>
> = {
  gate: hearAtGate,
  scanner: scanThing,
};
