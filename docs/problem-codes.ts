import { writeFileSync } from "node:fs";
import { problems } from "../protocol/src/problem.ts";

const intro = `# Problem codes

<!-- Written by npm run docs, from protocol/src/problem.ts. -->

Whatever Tallygate refuses, it refuses with a code. Over HTTP the answer is \`application/problem+json\`
([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with \`type\`, \`title\`, \`status\` and \`code\`; \`detail\` says what is wrong with this request
and what to do, \`at\` where in it, and \`faults\` each thing that is wrong where there are several. \`instance\` names the request as the log of
the server does. Exceptions of a site name what is wrong by the same codes. Programs should look at the code, which keeps its meaning, and
people at the detail. The status is what the code has where it is answered over HTTP.

What is answered with 429 or 503 passes by itself: wait as long as \`Retry-After\` says, and send the same again with the same \`Idempotency-Key\`.
`;

/** The page of all codes, a table for each area. */
export function problemsPage(): string {
  const areas = Map.groupBy(Object.entries(problems), ([code]) => code.split(".")[0] ?? code);
  const tables = [...areas]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([area, entries]) => {
      const rows = entries.map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`);
      return [`## ${area}`, "", "| code | status | meaning |", "| --- | --- | --- |", ...rows, ""].join("\n");
    });
  return [intro, ...tables].join("\n");
}

if (import.meta.main) writeFileSync(new URL("problems.md", import.meta.url), problemsPage());
