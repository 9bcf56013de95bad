import type { Problem } from "@tallygate/protocol";

/**
 * Carries a refusal out of a handler, past whatever it is in the middle of: a transaction that it leaves is rolled back, and the API
 * answers its problem. For refusals that any handler may meet; those of one route are return values.
 */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}
