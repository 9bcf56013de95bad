import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest, in this order: what begins last should not be what everybody then waits for. */
const slow = [
  "central/src/centre.model.services.test.ts",
  "central/src/api/fuzz.services.test.ts",
  "central/src/counts/counts.model.services.test.ts",
  "central/src/reservations/reservations.model.services.test.ts",
  "central/src/audit/verify.services.test.ts",
  "e2e/src/faults.test.ts",
  "e2e/src/start.test.ts",
  "e2e/src/events.test.ts",
  "e2e/src/stores.test.ts",
  "kit/src/process.test.ts",
  "deploy/compose.test.ts",
];

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => slow.findIndex(name => moduleId.endsWith(`/${name}`));
    const [late, early] = [files.filter(file => rank(file) < 0), files.filter(file => rank(file) >= 0)];
    return [...early.sort((a, b) => rank(a) - rank(b)), ...(await super.sort(late))];
  }
}
