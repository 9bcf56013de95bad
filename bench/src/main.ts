import { parseArgs } from "node:util";
import { benches } from "./benches.ts";
import { jsonReport, machine, textReport } from "./report.ts";

const usage = `npm run bench -- [NAME…] [--json] [--brief]

Each benchmark runs our path and its reference in turn, in the same run.
--json   one JSON object a line: {"bench","metric","value","unit","reference","ratio"}
--brief  shorter runs, to see that everything works; its figures mean little

${Object.entries(benches)
  .map(([name, bench]) => `${name.padEnd(16)} ${bench.summary}`)
  .join("\n")}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, brief: { type: "boolean" }, help: { type: "boolean", short: "h" } },
});
const unknown = positionals.filter(name => !Object.hasOwn(benches, name));
if (values.help === true || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no benchmark ${unknown.join(", ")}.`);
  console.log(usage);
  process.exit(unknown.length > 0 ? 1 : 0);
}

const report = values.json === true ? jsonReport : textReport;
if (values.json !== true) console.log(`${machine()}\n`);
for (const [name, bench] of Object.entries(benches)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  await bench.run(report, { brief: values.brief === true });
}
