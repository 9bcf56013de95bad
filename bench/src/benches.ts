import type { Bench } from "./bench.ts";
import { centralIngest } from "./central-ingest.ts";
import { edgeIngest } from "./edge-ingest.ts";
import { endToEnd } from "./end-to-end.ts";
import { events } from "./events.ts";
import { matching } from "./matching.ts";
import { orders } from "./orders.ts";
import { parsers } from "./parsers.ts";
import { reservations } from "./reservations.ts";
import { scanAnswer } from "./scan-answer.ts";
import { stockLookup } from "./stock-lookup.ts";

/** THE list of benchmarks, in the order in which they run. */
export const benches: Readonly<Record<string, Bench>> = {
  parsers,
  "edge-ingest": edgeIngest,
  "scan-answer": scanAnswer,
  "central-ingest": centralIngest,
  "end-to-end": endToEnd,
  reservations,
  orders,
  matching,
  "stock-lookup": stockLookup,
  events,
};
