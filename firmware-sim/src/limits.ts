/** Every limit of the simulator, and what happens when it is reached. */
export const limits = {
  /** Sites of one scenario. More are refused with the scenario. */
  sitesMax: 1024,
  /** Devices of one site. More are refused with the scenario. */
  devicesMax: 64,
  /** Items of the catalogue; five digits of reference behind a company prefix of seven. More are refused. */
  itemsMax: 10_000,
  /** Tags that one pallet carries. */
  palletTagsMax: 2_000,
  /** Things in one crossing. What is more stays where it is. */
  crossingThingsMax: 4_000,
  /** Things near a gate that it may hear by mistake during a crossing. Others are out of its reach. */
  nearThingsMax: 32,
  /** Things that have left for an outside and whose place is still told. The oldest beyond are only counted. */
  goneThingsMax: 200_000,
  /** Times in a row that a scanner may find nothing to scan. After that nobody stands there any more. */
  idleScansMax: 10_000,
  /** Rounds of one crossing. A longer crossing has longer rounds. */
  roundsMax: 2_000,
  /** How far the world may run behind its plan before the plan is put off instead of hurried. */
  lagMaxMs: 250,
  /** Deliveries made in a row before sockets get their turn. */
  burstMax: 64,
  /** Tags in one report of an LLRP reader. */
  llrpReportTagsMax: 100,
  /** Scans that wait for one scanner. When they are so many, nothing more happens until it has read some. */
  scansWaitingMax: 20,
  /** Scans without an answer that the truth names. Later ones are only counted. */
  doubtfulMax: 10_000,
  /** Waits between two tries to reach a broker or a port. */
  retryMinMs: 50,
  retryMaxMs: 2_000,
  /** How long a connection to a broker may take. */
  connectTimeoutMs: 5_000,
  /** How long a reader that posts waits for the answer before it posts again. */
  postMs: 20_000,
  /** A broker that is silent for one and a half of it is given up. */
  keepaliveS: 15,
  /** How long a reader waits for its broker to hear that it goes. */
  goodbyeMs: 500,
  /** How long a stop waits for the answers still owed. What has none by then is said in the summary. */
  settleMs: 10_000,
} as const;
