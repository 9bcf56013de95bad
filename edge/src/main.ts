import { enableCompileCache } from "node:module";

// What was compiled at the last start is taken from the disk: the edge starts in half the time and keeps less in memory. It must be said
// before anything else is loaded.
enableCompileCache();
await import("./command.ts");
