import { writeSync } from "node:fs";
import { commitMovements, decision, open, reading } from "./store.fixture.ts";

/** Commits one thing after the other for ever, and tells of each after its commit: what a device would have been answered. */
const store = open(process.argv[2] ?? "");
const first = store.movements({ limit: 1 })[0]?.seq ?? 0;
writeSync(1, `epoch ${store.epoch.epoch}\n`);
for (let serial = first + 1; ; serial++) {
  commitMovements(store, serial, 3);
  store.commit(decision({ readings: [reading(serial)], tagPlaces: [] }));
  writeSync(1, `${serial}\n`);
}
