export { EdgeConfig } from "./config.ts";
export { drivers } from "./drivers/index.ts";
export { type Edge, type EdgeOptions, openEdge } from "./edge.ts";
