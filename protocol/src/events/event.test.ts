import { expect, test } from "vitest";
import { cloudEventText, toCloudEvent } from "./event.ts";

const event = {
  seq: 42,
  id: "0190d7a2-7c3e-7000-8000-000000000001",
  type: "item.added",
  key: '/v1/items/"}',
  timeMs: 1_790_000_000_000,
  recordedMs: 1_790_000_000_120,
  data: { sku: '"}', name: "Hafer\u2028drink", pack: null },
};

test.each(["lyon", null])("an event as text is the JSON of the event as an object, at the site %s", site => {
  const text = cloudEventText({ ...event, site, data: JSON.stringify(event.data) }, "urn:tallygate:test");
  expect(text).toBe(JSON.stringify(toCloudEvent({ ...event, site }, "urn:tallygate:test")));
});
