import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { asyncApi } from "./asyncapi.ts";
import { channels } from "./contract.ts";
import { schemaFiles } from "./schema-files.ts";
import { subjects } from "./subjects.ts";

const folder = new URL("../schema/", import.meta.url);

describe("the published schemas", () => {
  it("are what the code says: npm run schemas writes them anew", () => {
    const files = schemaFiles();
    const found = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const written = found.filter(name => name.endsWith(".json") && !name.startsWith("released/"));
    expect(written.sort()).toEqual(Object.keys(files).sort());
    for (const [name, text] of Object.entries(files))
      expect(readFileSync(new URL(name, folder), "utf8"), name).toBe(text);
  });

  it("are valid JSON Schema 2020-12", () => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, validateFormats: false });
    for (const [name, text] of Object.entries(schemaFiles())) {
      if (name !== "asyncapi.json") expect(() => ajv.compile(JSON.parse(text)), name).not.toThrow();
    }
  });

  it("name every subject that the code builds", () => {
    const documented = Object.values(channels).map(channel => channel.address);
    const built = [
      subjects.movements,
      subjects.hello,
      subjects.snapshot,
      subjects.catalogue,
      subjects.lists,
      subjects.listsChanged,
      subjects.observations,
      subjects.exceptions,
      subjects.status,
      subjects.change,
      subjects.resend,
    ];
    const addresses = built.map(subject => subject("{site}").replace(/\.\d+\./, ".{partition}."));
    expect([...addresses, subjects.catalogueChanged].sort()).toEqual(documented.sort());
  });

  it("have no reference that leads nowhere in the AsyncAPI document", () => {
    const document = asyncApi();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(match => match[1] ?? "");
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      const target = reference.split("/").reduce<unknown>((value, key) => Reflect.get(Object(value), key), document);
      expect(target, reference).toBeDefined();
    }
  });
});
