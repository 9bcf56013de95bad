/**
 * Why a code was refused, in the order in which the checks run: a code with several faults is refused for the first one.
 * `problem.ts` takes this list into the list of the whole protocol.
 */
export const codeProblems = {
  "code.empty": { status: 400, title: "There is no code" },
  "code.not_hex": { status: 400, title: "The EPC is not hexadecimal" },
  "code.symbology": { status: 400, title: "The data does not fit the symbology that the scanner names" },
  "code.epc_header": { status: 400, title: "The header of the EPC names no scheme that is known here" },
  "code.epc_length": { status: 400, title: "The EPC is shorter or longer than its scheme" },
  "code.epc_partition": { status: 400, title: "The partition value of the EPC is not defined" },
  "code.epc_range": { status: 400, title: "A field of the EPC is out of the range of its scheme" },
  "code.epc_padding": { status: 400, title: "Bits of the EPC that have to be zero are not" },
  "code.epc_uri": { status: 400, title: "The URI is not an EPC URI that is known here" },
  "code.digital_link": { status: 400, title: "The URI is not a GS1 Digital Link" },
  "code.unknown_ai": { status: 400, title: "There is no such GS1 Application Identifier" },
  "code.length": { status: 400, title: "The value is too short or too long" },
  "code.charset": { status: 400, title: "The value has a character that is not allowed there" },
  "code.check_digit": { status: 400, title: "The check digit or check character is wrong" },
  "code.date": { status: 400, title: "The value is not a date or time of day" },
  "code.value": { status: 400, title: "The value is outside the range or list of its Application Identifier" },
  "code.repeated": { status: 400, title: "The same Application Identifier comes twice with different values" },
  "code.companions": { status: 400, title: "The Application Identifiers do not belong together" },
} as const;

/** A code from {@link codeProblems}. */
export type CodeProblem = keyof typeof codeProblems;
