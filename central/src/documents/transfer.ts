import { defineMachine } from "./machine.ts";

/** Goods from one place or site to another. They are held at the source, and are in transit between the sites. */
export const transferMachine = defineMachine("a transfer", {
  initial: "planned",
  states: {
    planned: {
      means: "It is known; what is held for it is decided in the same moment.",
      on: { reserve: "reserved", backorder: "backordered" },
    },
    backordered: {
      means: "Some of it waits for stock, since what had left was taken back and went elsewhere.",
      on: {
        reserve: "reserved",
        leave: "leaving",
        leave_all: "in_transit",
        arrive: "arriving",
        arrive_all: "received",
        cancel: "cancelled",
      },
    },
    reserved: {
      means: "All of it is held at the source.",
      on: {
        backorder: "backordered",
        leave: "leaving",
        leave_all: "in_transit",
        arrive: "arriving",
        arrive_all: "received",
        cancel: "cancelled",
      },
    },
    leaving: {
      means: "Some of it has left.",
      on: {
        reserve: "reserved",
        backorder: "backordered",
        leave_all: "in_transit",
        arrive: "arriving",
        arrive_all: "received",
        close: "closed",
      },
    },
    in_transit: {
      means: "All of it has left, and nothing has arrived.",
      on: {
        reserve: "reserved",
        backorder: "backordered",
        leave: "leaving",
        arrive: "arriving",
        arrive_all: "received",
        close: "closed",
      },
    },
    arriving: {
      means: "Some of it has arrived.",
      on: {
        reserve: "reserved",
        backorder: "backordered",
        leave: "leaving",
        leave_all: "in_transit",
        arrive_all: "received",
        close: "closed",
      },
    },
    received: {
      means: "All of it has arrived.",
      ended: true,
      on: {
        reserve: "reserved",
        backorder: "backordered",
        leave: "leaving",
        leave_all: "in_transit",
        arrive: "arriving",
        close: "closed",
      },
    },
    closed: {
      means: "Nothing more is expected; what was missing or too much is with the exceptions.",
      ended: true,
      on: {},
    },
    cancelled: { means: "Nothing of it has left, and nothing will.", ended: true, on: {} },
  },
  events: {
    reserve: "All that is still to leave is held, and nothing has left.",
    backorder: "Nothing has left, and some of it waits for stock.",
    leave: "Some has left.",
    leave_all: "All of it has left.",
    arrive: "Some has arrived.",
    arrive_all: "All of it has arrived.",
    close: "A person or client expects no more.",
    cancel: "A person or client does not want it any more.",
  },
});
