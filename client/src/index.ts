export { type Client, type ConnectOptions, connect } from "./client.ts";
export { isProblem, ProblemError } from "./problem.ts";
export type { components, paths } from "./schema.ts";
export type { ClientSecret } from "./token.ts";
