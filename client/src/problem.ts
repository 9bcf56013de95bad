import { type ProblemCode, problems } from "@tallygate/protocol";

/** What central refused, as it said so. The code is what to look at in a program; the message is for people. */
export class ProblemError<C extends ProblemCode = ProblemCode> extends Error {
  override readonly name = "ProblemError";
  readonly code: C;
  readonly status: number;
  /** Where in the request. */
  readonly at: string | undefined;
  /** Each thing that is wrong, where there are several. */
  readonly faults: readonly { readonly at: string; readonly detail: string }[];
  /** The request, as central's log names it. */
  readonly instance: string | undefined;

  constructor(code: C, status: number, body: ProblemParts) {
    super(body.detail);
    this.code = code;
    this.status = status;
    this.at = body.at;
    this.faults = body.faults ?? [];
    this.instance = body.instance;
  }
}

interface ProblemParts {
  readonly detail: string;
  readonly at?: string;
  readonly faults?: readonly { readonly at: string; readonly detail: string }[];
  readonly instance?: string;
}

/** Whether something that was thrown is a refusal of central's, with one of these codes where some are given. */
export function isProblem<C extends ProblemCode>(error: unknown, ...codes: readonly C[]): error is ProblemError<C> {
  return error instanceof ProblemError && (codes.length === 0 || codes.some(code => code === error.code));
}

/** The refusal in an answer. What no central said, such as a proxy's page, is `stock.unavailable` or `internal`, by its status. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const body: unknown = await response.json().catch(() => undefined);
  if (isProblemBody(body)) return new ProblemError(body.code, response.status, body);
  const code = [502, 503, 504].includes(response.status) ? "stock.unavailable" : "internal";
  return new ProblemError(code, response.status, { detail: `${response.url} answered ${response.status}` });
}

function isProblemBody(body: unknown): body is ProblemParts & { readonly code: ProblemCode } {
  const { code, detail } = Object(body);
  return typeof code === "string" && Object.hasOwn(problems, code) && typeof detail === "string";
}
