import type { CodeProblem } from "./problems.ts";

/** What is wrong with one component of a value; `offset` counts characters from the start of the component. */
export interface Fault {
  readonly code: CodeProblem;
  readonly detail: string;
  readonly offset: number;
}

/** Makes a {@link Fault}. */
export function fault(code: CodeProblem, detail: string, offset: number): Fault {
  return { code, detail, offset };
}
