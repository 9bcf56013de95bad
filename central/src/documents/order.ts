import { defineMachine } from "./machine.ts";

/**
 * A sales order. Goods are promised to it as long as it lasts; movements carry it out, and what they do to its lines decides its state:
 * so a movement that is taken back takes the state back too.
 */
export const orderMachine = defineMachine("an order", {
  initial: "placed",
  states: {
    placed: {
      means: "It is known; what is held for it is decided in the same moment.",
      on: { reserve: "reserved", backorder: "backordered" },
    },
    backordered: {
      means: "Some of it waits for stock.",
      on: {
        reserve: "reserved",
        pick: "picking",
        pick_all: "picked",
        ship: "shipping",
        ship_all: "shipped",
        cancel: "cancelled",
      },
    },
    reserved: {
      means: "All of it is held.",
      on: {
        backorder: "backordered",
        pick: "picking",
        pick_all: "picked",
        ship: "shipping",
        ship_all: "shipped",
        cancel: "cancelled",
      },
    },
    picking: {
      means: "Some of it has left its shelf.",
      on: {
        reserve: "reserved",
        backorder: "backordered",
        pick_all: "picked",
        ship: "shipping",
        ship_all: "shipped",
        cancel: "cancelled",
      },
    },
    picked: {
      means: "All of it has left its shelf.",
      on: {
        reserve: "reserved",
        backorder: "backordered",
        pick: "picking",
        ship: "shipping",
        ship_all: "shipped",
        cancel: "cancelled",
      },
    },
    shipping: {
      means: "Some of it has left the site.",
      on: {
        reserve: "reserved",
        backorder: "backordered",
        pick: "picking",
        pick_all: "picked",
        ship_all: "shipped",
        close: "closed",
      },
    },
    shipped: {
      means: "All of it has left the site.",
      ended: true,
      on: { reserve: "reserved", backorder: "backordered", pick: "picking", pick_all: "picked", ship: "shipping" },
    },
    closed: { means: "Some of it was shipped, and the rest is not wanted any more.", ended: true, on: {} },
    cancelled: { means: "Nothing of it was shipped, and nothing is wanted any more.", ended: true, on: {} },
  },
  events: {
    reserve: "All that is still to leave its shelf is held, and nothing has left it.",
    backorder: "Nothing has left its shelf, and some of it waits for stock.",
    pick: "Some has left its shelf.",
    pick_all: "All of it has left its shelf.",
    ship: "Some has left the site.",
    ship_all: "All of it has left the site.",
    cancel: "A person or client wants nothing of it any more.",
    close: "A person or client does not want the rest of it.",
  },
});
