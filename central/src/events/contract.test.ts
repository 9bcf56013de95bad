import { eventTypes } from "@tallygate/protocol";
import { expect, test } from "vitest";
import { roles } from "../auth/roles.ts";
import { kinds } from "../documents/kinds.ts";

test("each state that a document can be in has a type of events", () => {
  const wanted = Object.entries(kinds).flatMap(([kind, { machine }]) =>
    Object.keys(machine.states).map(state => `${kind}.${state}`),
  );
  expect(wanted.filter(type => !Object.hasOwn(eventTypes, type))).toEqual([]);
  expect(wanted.length).toBeGreaterThan(20);
});

test("whoever may write webhooks may read events, since a webhook gets them", () => {
  for (const permissions of Object.values(roles)) {
    const held: readonly string[] = permissions;
    if (held.includes("event.write")) expect(held).toContain("event.read");
  }
});
