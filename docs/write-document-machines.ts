import { writeFileSync } from "node:fs";
import { documentsPage } from "./document-machines.ts";

writeFileSync(new URL("./documents.md", import.meta.url), documentsPage());
