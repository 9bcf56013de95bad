import { z } from "zod";
import { type EventType, eventFields } from "./fields.ts";

const { id, site, sku, time } = eventFields;

const place = eventFields.place.nullable();
const done = (description: string) => z.int().meta({ description });

/** What lines of all kinds have. */
const line = {
  line: z.int().min(1).meta({ description: "From 1." }),
  sku,
  asked: z.int().meta({ description: "What was asked for first." }),
  quantity: z.int().meta({ description: "What is expected now." }),
  lot: z.string().nullable(),
};
const held = {
  held: z.int().meta({ description: "Promised for this line, still there." }),
  backordered: z.int().meta({ description: "Waits for stock." }),
};

/** What documents of all kinds have. */
const document = {
  id,
  number: z.string().meta({ examples: ["SO-4711"] }),
  state: z.string().meta({ description: "The second part of the event's type." }),
  site,
  partner: z.string().nullable(),
  reference: z.string().nullable(),
  due_at: time.nullable(),
  created_at: time,
  updated_at: time,
  ended_at: time.nullable(),
  version: z.int(),
};

const order = z.object({
  ...document,
  lines: z.array(
    z.object({
      ...line,
      ...held,
      place,
      picked: done("What has left its shelf."),
      shipped: done("What has left the site."),
    }),
  ),
});

const shipment = z.object({ ...document, lines: z.array(z.object({ ...line, received: done("What has come.") })) });

const transfer = z.object({
  ...document,
  to_site: site,
  lines: z.array(
    z.object({
      ...line,
      ...held,
      place,
      to_place: place,
      left: done("What has left the first place or site."),
      received: done("What has arrived."),
    }),
  ),
});

const goodsReturn = z.object({
  ...document,
  order: z.uuid().nullable().meta({ description: "The order that the goods were shipped for." }),
  lines: z.array(z.object({ ...line, received: done("What has come back."), inspected: done("What is decided of.") })),
});

const difference = z.object({
  document: z.uuid(),
  line: z.int(),
  sku,
  expected: z.int(),
  found: z.int(),
});

const list = z.object({
  id,
  site,
  read_point: z.string().nullable(),
  step: z.string().meta({ description: "What is done by it.", examples: ["loading"] }),
  opened_at: time,
  closed_at: time.nullable(),
  version: z.int(),
  documents: z.array(z.object({ id, kind: z.string(), number: z.string(), state: z.string() })),
  lines: z
    .array(
      z.object({
        document: z.uuid(),
        number: z.string(),
        line: z.int(),
        sku,
        place,
        quantity: z.int().meta({ description: "What is still to be done of it there." }),
      }),
    )
    .meta({ description: "What is to be done; empty once it is closed." }),
  outcome: z
    .object({
      short: z.array(difference),
      over: z.array(difference),
      unexpected: z.array(z.object({ sku: z.string().nullable(), code: z.string(), quantity: z.int() })),
    })
    .nullable()
    .meta({ description: "What it came to; null while it is open." }),
});

export const documentEvents = {
  "order.placed": { summary: "A sales order was placed.", data: order },
  "order.backordered": { summary: "Some of an order waits for stock.", data: order },
  "order.reserved": { summary: "All of an order is held.", data: order },
  "order.picking": { summary: "Some of an order has left its shelf; comes for each further pick.", data: order },
  "order.picked": { summary: "All of an order has left its shelf.", data: order },
  "order.shipping": { summary: "Some of an order has left the site; comes for each further part.", data: order },
  "order.shipped": { summary: "All of an order has left the site.", data: order },
  "order.closed": { summary: "Some of an order was shipped, and the rest is not wanted any more.", data: order },
  "order.cancelled": { summary: "Nothing of an order was shipped, and nothing is wanted any more.", data: order },

  "shipment.announced": { summary: "A notice says that goods are on their way.", data: shipment },
  "shipment.receiving": {
    summary: "Some of an announced shipment has come; comes for each further part.",
    data: shipment,
  },
  "shipment.received": { summary: "All of an announced shipment has come, or more.", data: shipment },
  "shipment.closed": { summary: "Nothing more of a shipment is expected.", data: shipment },
  "shipment.cancelled": { summary: "An announced shipment does not come.", data: shipment },

  "transfer.planned": { summary: "A transfer from one site or place to another is planned.", data: transfer },
  "transfer.backordered": { summary: "Some of a transfer waits for stock.", data: transfer },
  "transfer.reserved": { summary: "All of a transfer is held at its source.", data: transfer },
  "transfer.leaving": { summary: "Some of a transfer has left; comes for each further part.", data: transfer },
  "transfer.in_transit": { summary: "All of a transfer has left, and nothing has arrived.", data: transfer },
  "transfer.arriving": { summary: "Some of a transfer has arrived; comes for each further part.", data: transfer },
  "transfer.received": { summary: "All of a transfer has arrived.", data: transfer },
  "transfer.closed": { summary: "Nothing more of a transfer is expected.", data: transfer },
  "transfer.cancelled": { summary: "Nothing of a transfer has left, and nothing will.", data: transfer },

  "return.announced": { summary: "Goods are on their way back.", data: goodsReturn },
  "return.receiving": { summary: "Some of a return has come back; comes for each further part.", data: goodsReturn },
  "return.received": { summary: "All of a return has come back; nothing is decided yet.", data: goodsReturn },
  "return.inspecting": { summary: "What becomes of some of a return is decided.", data: goodsReturn },
  "return.inspected": { summary: "All of a return has come back and is decided.", data: goodsReturn },
  "return.closed": { summary: "Nothing more of a return is expected.", data: goodsReturn },
  "return.cancelled": { summary: "A return does not come back.", data: goodsReturn },

  "list.opened": {
    summary: "Documents are worked on together from now on, such as a lorry that is loaded.",
    data: list,
  },
  "list.closed": { summary: "A list is done, with what it came to.", data: list },
} as const satisfies Record<string, EventType>;
