import { defineMachine } from "../documents/machine.ts";

/** A count, from the plan to stock that agrees with what was found. */
export const countMachine = defineMachine("a count", {
  initial: "planned",
  states: {
    planned: {
      means: "What is to be counted is known. The first that is counted starts it.",
      on: { start: "counting", cancel: "cancelled" },
    },
    counting: {
      means: "People and readers say what is there.",
      on: { submit: "submitted", recount: "counting", cancel: "cancelled" },
    },
    submitted: {
      means: "All is counted; what differs by more than the limit waits for somebody else's approval.",
      on: { approve: "approved", reject: "rejected", recount: "counting", cancel: "cancelled" },
    },
    rejected: {
      means: "It is not believed: it is counted again, as a whole or in part, or given up.",
      on: { recount: "counting", cancel: "cancelled" },
    },
    approved: { means: "Stock is being brought to what was counted, place by place.", on: { post: "posted" } },
    posted: {
      means:
        "As of each place's time, stock is what was counted; late movements are evened out by themselves up to the limit.",
      ended: true,
      on: { differ: "differing" },
    },
    differing: {
      means: "A late movement changed what was expected by more than the limit; evening it out waits for approval.",
      on: { approve: "approved", reject: "posted" },
    },
    cancelled: { means: "Nothing of it was posted, and nothing will be.", ended: true, on: {} },
  },
  events: {
    start: "Counting begins.",
    submit: "Whoever counts says that all is counted.",
    recount: "Lines or places are to be counted once more.",
    approve: "Somebody who did not count approves, or nothing is above the limit.",
    reject: "Somebody does not believe it; of a late movement: stock is left as the movement made it.",
    post: "Stock agrees with the count at every place.",
    differ: "A movement from before a place's time came after it was posted, and is above the limit.",
    cancel: "It is given up.",
  },
});

export type CountState = keyof (typeof countMachine)["states"];
export type CountStep = keyof (typeof countMachine)["events"];
export const countStates = Object.keys(countMachine.states) as readonly CountState[];
