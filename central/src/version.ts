import packageJson from "../package.json" with { type: "json" };

/** The version of the central service, as its package has it. */
export const { version } = packageJson;
