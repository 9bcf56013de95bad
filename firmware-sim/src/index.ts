export type { Counts, DoubtfulScan } from "./devices/device.ts";
export { type Catalogue, catalogueOf, Scenario, type ScenarioInput } from "./scenario.ts";
export { openSimulation, type Simulation, type SimulationOptions, type SimulationTruth } from "./simulation.ts";
export { catalogue, type Item } from "./world/catalogue.ts";
export type { StockTruth, TagTruth, Truth } from "./world/truth.ts";
