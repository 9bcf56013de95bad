import type { Problem, ProblemCode } from "./problem.ts";

/** The outcome of anything that may be refused for a reason a caller can act on. Failing I/O throws instead. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Refuses with a code of `problem.ts`; `detail` says what, where and what to do. */
export function refuse(
  code: ProblemCode,
  detail: string,
  extra?: Omit<Problem, "code" | "detail">,
): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: { code, detail, ...extra } };
}
