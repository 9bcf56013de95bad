import { limits } from "../limits.ts";
import type { Random } from "../random.ts";

/** What a reader's radio hears of one tag in one round of one antenna. */
export interface TagReport {
  /** Counts the reports of a crossing in the order of their time, from 0. A report delivered twice has one number. */
  readonly number: number;
  readonly atMs: number;
  readonly epcHex: string;
  /** Port, from 1. */
  readonly antenna: number;
  /** Strongest of the reads, in dBm with a fraction. */
  readonly peakRssiDbm: number;
  readonly reads: number;
  /** Whether the tag stands about and does not go through. */
  readonly isStray: boolean;
}

/** A report on its way out of the reader. */
export interface Delivery {
  readonly atMs: number;
  readonly report: TagReport;
}

export interface RadioSettings {
  /** Antennas of the gate, taking turns. */
  readonly antennas: number;
  /** How long one antenna listens before the next one's turn. */
  readonly roundMs: number;
  /** Chance that a round hears a tag that is as near as it comes. Farther away it falls. */
  readonly readRate: number;
  /** Whether each tag of a crossing is heard at least once, whatever chance says. */
  readonly everyTagRead: boolean;
  /** Signal of a tag one metre away. */
  readonly rssiDbmAtMetre: number;
  /** Spread of the signal. */
  readonly rssiDeviationDb: number;
  /** What goes through is never weaker, what only stands about is never so strong. */
  readonly thresholdDbm: number;
  /** Chance that a thing near the gate is heard once during a crossing. */
  readonly strayRate: number;
  /** Chance that a report is delivered twice. */
  readonly duplicateRate: number;
  /** Chance that a report is delivered late, behind others. */
  readonly lateRate: number;
  /** How late at most. */
  readonly lateMs: number;
}

/** What a gate listens to: tags that go through between two times, and tags that stand near. */
export interface Passage {
  readonly atMs: number;
  readonly endMs: number;
  readonly tags: readonly string[];
  readonly near: readonly string[];
}

/** How far before and behind the gate a tag is when the crossing begins and ends. */
const reachM = 2.5;

/** What the reader delivers of a crossing, in the order of delivery. */
export function listen(passage: Passage, radio: RadioSettings, random: Random): readonly Delivery[] {
  const heard = [...hearPassing(passage, radio, random), ...hearStrays(passage, radio, random)];
  const reports = heard.sort((left, right) => left.atMs - right.atMs).map((report, number) => ({ ...report, number }));
  return deliver(reports, radio, random);
}

type Heard = Omit<TagReport, "number">;

function hearPassing(passage: Passage, radio: RadioSettings, random: Random): Heard[] {
  const durationMs = Math.max(1, passage.endMs - passage.atMs);
  const rounds = Math.min(limits.roundsMax, Math.max(radio.antennas, Math.round(durationMs / radio.roundMs)));
  const heard: Heard[] = [];
  for (const epcHex of passage.tags) {
    const before = heard.length;
    // Antennas stand on both sides: a tag far from the one side is near to the other.
    const asideM = 0.4 + random.fraction();
    for (let round = 0; round < rounds; round++) {
      const distanceM = distanceIn(round, rounds, radio.antennas, asideM);
      if (random.chance(radio.readRate * nearness(distanceM))) heard.push(read(round, distanceM));
    }
    if (radio.everyTagRead && heard.length === before) heard.push(read(rounds >> 1, asideM));

    function read(round: number, distanceM: number): Heard {
      const atMs = passage.atMs + Math.floor(((round + random.fraction()) * durationMs) / rounds);
      // Backscatter falls with the fourth power of the distance: 40 dB a decade.
      const signal = radio.rssiDbmAtMetre - 40 * Math.log10(distanceM) + random.normal(radio.rssiDeviationDb);
      return {
        atMs,
        epcHex,
        antenna: (round % radio.antennas) + 1,
        peakRssiDbm: hundredths(Math.min(-20, Math.max(radio.thresholdDbm, signal))),
        reads: 1 + Math.floor(random.fraction() * 6 * nearness(distanceM)),
        isStray: false,
      };
    }
  }
  return heard;
}

/** From the antenna of that round to the tag: along the way, and aside of it. */
function distanceIn(round: number, rounds: number, antennas: number, asideM: number): number {
  const alongM = ((round + 0.5) / rounds) * 2 * reachM - reachM;
  const isFarSide = round % antennas >= antennas / 2;
  return Math.hypot(alongM, isFarSide ? 1.8 - asideM : asideM);
}

/** 1 at the antenna, a half at two metres, little at three. */
function nearness(distanceM: number): number {
  return 1 / (1 + (distanceM / 2) ** 4);
}

function hearStrays(passage: Passage, radio: RadioSettings, random: Random): Heard[] {
  return passage.near
    .filter(() => random.chance(radio.strayRate))
    .map(epcHex => ({
      atMs: random.whole([passage.atMs, passage.endMs]),
      epcHex,
      antenna: random.whole([1, radio.antennas]),
      peakRssiDbm: hundredths(radio.thresholdDbm - 3 - random.fraction() * 12),
      reads: 1,
      isStray: true,
    }));
}

function deliver(reports: readonly TagReport[], radio: RadioSettings, random: Random): readonly Delivery[] {
  const deliveries = reports.flatMap((report): Delivery[] => {
    const lateMs = random.chance(radio.lateRate) ? random.whole([1, Math.max(1, radio.lateMs)]) : 0;
    const first = { atMs: report.atMs + lateMs, report };
    if (!random.chance(radio.duplicateRate)) return [first];
    return [first, { atMs: first.atMs + random.whole([1, Math.max(1, radio.lateMs)]), report }];
  });
  return deliveries.sort((left, right) => left.atMs - right.atMs);
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
