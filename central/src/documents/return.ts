import { defineMachine } from "./machine.ts";

/** Goods that come back (EPCIS `rma`). They are received where they cannot be promised, and a person decides what becomes of each. */
export const returnMachine = defineMachine("a return", {
  initial: "announced",
  states: {
    announced: {
      means: "It is on its way back; nothing of it has come.",
      on: { receive: "receiving", receive_all: "received", close: "closed", cancel: "cancelled" },
    },
    receiving: {
      means: "Some of it has come back.",
      on: { take_back: "announced", receive_all: "received", inspect: "inspecting", close: "closed" },
    },
    received: {
      means: "All of it has come back; nothing is decided yet.",
      on: {
        take_back: "announced",
        receive: "receiving",
        inspect: "inspecting",
        inspect_all: "inspected",
        close: "closed",
      },
    },
    inspecting: {
      means: "What became of some of it is decided.",
      on: { inspect_all: "inspected", close: "closed" },
    },
    inspected: {
      means: "All of it has come back and is decided.",
      ended: true,
      on: { inspect: "inspecting", close: "closed" },
    },
    closed: {
      means: "Nothing more is expected; what was missing or too much is with the exceptions.",
      ended: true,
      on: {},
    },
    cancelled: { means: "It does not come back, and nothing of it had come.", ended: true, on: {} },
  },
  events: {
    receive: "Some has come back.",
    receive_all: "All of it has come back.",
    take_back: "What had come was taken back.",
    inspect: "It is decided of some, or more has come since.",
    inspect_all: "It is decided of all.",
    close: "A person or client expects no more.",
    cancel: "It does not come back.",
  },
});
