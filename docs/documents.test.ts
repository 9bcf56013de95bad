import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** `file`: name of a test, as the table of invariants gives them. */
function namedTests(): { readonly file: string; readonly name: string }[] {
  const rows = read("docs/architecture.md")
    .split("\n")
    .filter(line => /^\| I\d+ \|/.test(line));
  return rows.flatMap(row =>
    [...row.matchAll(/`([^`]+\.test\.ts)`: (.+?)(?= · | \|$)/g)].map(match => ({
      file: match[1] ?? "",
      name: match[2] ?? "",
    })),
  );
}

function documents(): string[] {
  const inDocs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  return ["README.md", "CHANGELOG.md", ...inDocs.filter(file => file.endsWith(".md")).map(file => join("docs", file))];
}

describe("the documents", () => {
  it("name a test for each invariant, and each of them is there", () => {
    const tests = namedTests();
    expect(tests.length).toBeGreaterThan(20);
    for (const { file, name } of tests) {
      const found = read(file).replaceAll(/\s+/g, " ").includes(name);
      expect(found, `${file} has no test called "${name}"`).toBe(true);
    }
  });

  it("name each model test beside every invariant that its name says it holds", () => {
    const rows = new Map(
      read("docs/architecture.md")
        .split("\n")
        .flatMap(line => [...line.matchAll(/^\| (I\d+) \|/g)].map(([, invariant = ""]) => [invariant, line] as const)),
    );
    const files = ["protocol", "edge", "central"].flatMap(folder =>
      readdirSync(join(root, folder, "src"), { recursive: true, encoding: "utf8" })
        .filter(file => /\.model(\.services)?\.test\.ts$/.test(file))
        .map(file => join(folder, "src", file)),
    );
    const held = files.flatMap(file =>
      [...read(file).matchAll(/\b(?:test|it)\("((?:I\d+(?:, )?)+): /g)].flatMap(([, invariants = ""]) =>
        invariants.split(", ").map(invariant => ({ file, invariant })),
      ),
    );
    expect(held.length).toBeGreaterThan(8);
    for (const { file, invariant } of held) {
      expect(rows.get(invariant), `${invariant} does not name ${file}`).toContain(`\`${file}\``);
    }
  });

  it("have no link to a file that is not there", () => {
    for (const document of documents()) {
      const prose = read(document).replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, "");
      for (const [, target = ""] of prose.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        expect(existsSync(join(root, dirname(document), target)), `${document} links to ${target}`).toBe(true);
      }
    }
  });

  it("are all reached from the front page", () => {
    const linked = [...read("README.md").matchAll(/\]\((docs\/[^)#]+\.md)/g)].map(([, target]) => target);
    const pages = readdirSync(join(root, "docs")).filter(file => file.endsWith(".md"));
    for (const page of pages) expect(linked, `README.md links to no docs/${page}`).toContain(`docs/${page}`);
  });

  it("name no npm script that is not there", () => {
    const { scripts } = JSON.parse(read("package.json"));
    for (const document of documents()) {
      for (const [, name = ""] of read(document).matchAll(/npm run ([a-z-]+)/g)) {
        expect(Object.keys(scripts), `${document} says npm run ${name}`).toContain(name);
      }
    }
  });
});
