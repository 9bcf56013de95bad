import type { ProblemCode } from "@tallygate/protocol";

/** What can be done about an exception, in words for people. */
export const actions = {
  bind: "Give the code to an item of the catalogue. What was held under it posts by itself, each movement at its own time.",
  mend: "Record what really moved. It takes the place of what is held, which stays recorded and is never posted.",
  decide: "Say where the thing is. The movement there is recorded.",
  match: "Say which line of which document the movements carried out. It counts as if it had been found at once.",
  resend: "Try again: apply the bytes that were kept, or send what was put aside.",
  done: "Say that it was put right elsewhere, and how.",
  ignore: "Leave it, with a reason.",
} as const;
export type Action = keyof typeof actions;

export interface Kind {
  /** What it means, for who finds one in the inbox. */
  readonly meaning: string;
  /** The problems that are of this kind; undefined: all that no other kind has. */
  readonly problems: readonly ProblemCode[] | undefined;
  readonly actions: readonly Action[];
  /** What comes of it when it is ignored: it ends, and another occurrence is a new one; or it is silent until its cause ends. */
  readonly ignoring: "ends" | "silences";
}

/** Every kind of exception, by the name that the API has for it. Documents, the API and the checks of what may be asked derive from this. */
export const kinds = {
  unknown_code: {
    meaning:
      "Something moved or was counted under a code that no item has. The movements are recorded and held; nothing is posted until the code is bound.",
    problems: ["movement.code_unknown", "item.unknown"],
    actions: ["bind", "ignore"],
    ignoring: "silences",
  },
  held_movement: {
    meaning: "A movement makes no sense as it stands, such as two of one serialised thing. It is recorded and held.",
    problems: ["movement.meaningless"],
    actions: ["mend", "ignore"],
    ignoring: "ends",
  },
  unreadable: {
    meaning:
      "A message of a site cannot be applied. Its bytes are kept; what is missing of the site's movements is asked for again from its edge.",
    problems: ["batch.unreadable", "batch.subject", "batch.epoch", "batch.chain", "internal"],
    actions: ["resend", "done", "ignore"],
    ignoring: "ends",
  },
  doubtful_crossing: {
    meaning: "Two places hear a tag equally well, so the edge did not move it.",
    problems: ["crossing.doubtful"],
    actions: ["decide", "done", "ignore"],
    ignoring: "ends",
  },
  shortage: {
    meaning:
      "Goods have gone that were promised to someone else. Release or move one of the reservations, or bring goods: it closes by itself when there is enough.",
    problems: ["stock.shortage"],
    actions: ["ignore"],
    ignoring: "silences",
  },
  unmatched: {
    meaning: "Something moved that no document awaited, or that is on no line of the list that was open there.",
    problems: ["document.none", "document.unexpected"],
    actions: ["match", "done", "ignore"],
    ignoring: "ends",
  },
  document: {
    meaning: "What moved is not what its document says: more, less, or something else than is in a logistic unit.",
    problems: ["document.over", "document.short", "document.contents"],
    actions: ["done", "ignore"],
    ignoring: "ends",
  },
  approval: {
    meaning: "A count waits for somebody to approve it. It closes by itself when that is decided, at the count.",
    problems: ["count.approval"],
    actions: [],
    ignoring: "silences",
  },
  lot_expiry: {
    meaning:
      "A label says that a lot ends on another day than what is known of it. What is known stays, until a person corrects it.",
    problems: ["lot.expiry"],
    actions: ["done", "ignore"],
    ignoring: "ends",
  },
  late_count: {
    meaning: "Something counted arrived after its count was closed.",
    problems: ["count.observation_late"],
    actions: ["done", "ignore"],
    ignoring: "ends",
  },
  dead_letter: {
    meaning: "A webhook's target did not take events in time. They are put aside, in order, and can be sent anew.",
    problems: ["webhook.dead_letter"],
    actions: ["resend", "ignore"],
    ignoring: "ends",
  },
  paused_webhook: {
    meaning:
      "A webhook was paused, since its target was down for long. It closes by itself when the webhook is active again.",
    problems: ["webhook.paused"],
    actions: ["ignore"],
    ignoring: "silences",
  },
  fault: {
    meaning: "The system disagrees with itself, in a row of the ledger or in an event. An administrator looks into it.",
    problems: ["audit.fault", "event.refused"],
    actions: ["done", "ignore"],
    ignoring: "ends",
  },
  device: {
    meaning: "A device of a site sent what the edge could not read or use. The beginning of its bytes is kept.",
    problems: undefined,
    actions: ["done", "ignore"],
    ignoring: "ends",
  },
} as const satisfies Record<string, Kind>;
export type KindName = keyof typeof kinds;

export const kindNames = Object.keys(kinds) as readonly KindName[];

const named: readonly (readonly [KindName, Kind])[] = kindNames.map(name => [name, kinds[name]]);
const byProblem: ReadonlyMap<string, KindName> = new Map(
  named.flatMap(([name, { problems = [] }]) => problems.map(problem => [problem, name] as const)),
);

/** The problems that some kind names; all others are {@link kinds.device}. */
export const namedProblems: readonly string[] = [...byProblem.keys()];

export function kindOf(problem: string): Kind & { readonly name: KindName } {
  const name = byProblem.get(problem) ?? "device";
  return { name, ...kinds[name] };
}

/** The problems of a kind, as a filter: those that it names, or all that no kind does. */
export function problemsOf(name: KindName): { readonly problems: readonly string[]; readonly others: boolean } {
  const { problems }: Kind = kinds[name];
  return problems === undefined ? { problems: namedProblems, others: true } : { problems, others: false };
}
