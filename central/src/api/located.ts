import type { Problem } from "@tallygate/protocol";

/** A problem's paths begin at what was asked for; a caller reads them from the request on. */
export function locatedIn(problem: Problem, prefix: string): Problem {
  const { at, faults } = problem;
  return {
    ...problem,
    ...(at !== undefined && { at: /^(path|header|query)\./.test(at) ? at : prefix + at }),
    ...(faults !== undefined && { faults: faults.map(fault => ({ ...fault, at: prefix + fault.at })) }),
  };
}
