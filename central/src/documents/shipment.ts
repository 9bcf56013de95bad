import { defineMachine } from "./machine.ts";

/** An inbound notice (EPCIS `desadv`): what a supplier says is on its way. What comes is counted against it, whether it fits or not. */
export const shipmentMachine = defineMachine("a shipment", {
  initial: "announced",
  states: {
    announced: {
      means: "It is on its way; nothing of it has come.",
      on: { receive: "receiving", receive_all: "received", cancel: "cancelled", close: "closed" },
    },
    receiving: {
      means: "Some of it has come.",
      on: { take_back: "announced", receive_all: "received", close: "closed" },
    },
    received: {
      means: "All that was announced has come, or more.",
      ended: true,
      on: { take_back: "announced", receive: "receiving", close: "closed" },
    },
    closed: {
      means: "Nothing more is expected; what was missing or too much is with the exceptions.",
      ended: true,
      on: {},
    },
    cancelled: { means: "It does not come, and nothing of it had come.", ended: true, on: {} },
  },
  events: {
    receive: "Some of it has come.",
    receive_all: "All of it has come.",
    take_back: "What had come was taken back.",
    close: "A person or client expects no more.",
    cancel: "It does not come.",
  },
});
