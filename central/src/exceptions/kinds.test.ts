import { problems } from "@tallygate/protocol";
import { describe, expect, test } from "vitest";
import { type Action, actions, type Kind, kindNames, kindOf, kinds, problemsOf } from "./kinds.ts";
import { refusalOf } from "./settled.ts";

describe("kinds", () => {
  test("no problem is of two kinds, and each has a kind", () => {
    const named = kindNames.flatMap(name => {
      const { problems: own = [] }: Kind = kinds[name];
      return own;
    });
    expect(new Set(named).size).toBe(named.length);
    for (const problem of Object.keys(problems)) expect(kindNames).toContain(kindOf(problem).name);
  });

  test("a filter finds of each kind what is of it, and nothing else", () => {
    for (const problem of [...Object.keys(problems), "device.newer_than_this"]) {
      const found = kindNames.filter(name => {
        const { problems: own, others } = problemsOf(name);
        return own.includes(problem) !== others;
      });
      expect(found).toEqual([kindOf(problem).name]);
    }
  });
});

const row = { id: 7, resolution: null, resolved_by: null, resolved_at: null, note: null } as const;
const every = Object.keys(actions) as readonly Action[];

describe("what can be done", () => {
  test.each(kindNames)(
    "about %s that is open is what its kind allows, and of one that is ignored all but ignoring",
    name => {
      const { problems: [problem] = ["message.shape"], actions: allowed }: Kind = kinds[name];
      const possible = (state: "open" | "ignored" | "resolved") =>
        every.filter(action => refusalOf({ ...row, problem: problem ?? "", state }, action) === undefined);
      expect(new Set(possible("open"))).toEqual(new Set(allowed));
      expect(new Set(possible("ignored"))).toEqual(new Set(allowed.filter(action => action !== "ignore")));
      expect(possible("resolved")).toEqual([]);
    },
  );

  test("who decided, when and how is told to whoever comes second", () => {
    const decided = {
      ...row,
      resolution: "bind",
      resolved_by: "person:maria",
      resolved_at: "2026-11-23T09:30:00Z",
      note: "a new label",
    };
    const refused = refusalOf({ ...decided, problem: "movement.code_unknown", state: "resolved" }, "bind");
    expect(refused?.problem).toEqual({
      code: "exception.resolved",
      detail:
        "person:maria decided about the exception 7 at 2026-11-23T09:30:00Z (bind: a new label). Nothing was changed.",
    });
  });
});
