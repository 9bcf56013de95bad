import { missingFaults } from "../config-parts.ts";
import type { TcpDriver } from "../driver.ts";
import { defaultPort, hostPortOf, LlrpConfig } from "./config.ts";
import { LlrpSession } from "./session.ts";

export const llrp: TcpDriver<LlrpConfig> = {
  name: "llrp",
  title: "LLRP reader",
  transport: "tcp",
  config: LlrpConfig,
  endpoint: ({ address }) => hostPortOf(address) ?? { host: address, port: defaultPort },
  openConversation: config => new LlrpSession(config),
  readPoints: config => config.read_points,
  faults: config => [...missingFaults(config.read_points, sends(config)), ...deafFaults(config)],
};

function sends({ report: { contents } }: LlrpConfig) {
  return {
    antenna: contents.includes("antenna"),
    rssi: contents.includes("rssi"),
    because: "report.contents does not name it",
  };
}

/** A read point of an antenna that does not read. */
function deafFaults({ antennas, read_points }: LlrpConfig) {
  if (antennas === undefined) return [];
  return read_points.flatMap((point, index) =>
    (point.antennas ?? [])
      .filter(antenna => !antennas.includes(antenna))
      .map(antenna => ({
        path: ["read_points", index, "antennas"],
        message: `names antenna ${antenna}, which antennas of the device lacks: it does not read`,
      })),
  );
}
