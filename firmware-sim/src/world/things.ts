import { checkDigit, type Element, encodeEpc } from "@tallygate/protocol";
import { createRandom } from "../random.ts";
import type { Item } from "./catalogue.ts";

/** One thing with a tag of its own: a piece of goods, or a pallet. */
export interface Thing {
  /** Upper-case hexadecimal. */
  readonly epcHex: string;
  /** The canonical element string: `(01)…(21)…`, or `(00)…` for a pallet. */
  readonly code: string;
  /** Absent for a pallet. */
  readonly item?: Item;
  /** Serial of a piece, as text without zeros in front. */
  readonly serial?: string;
}

/** Makes new things; no two of one site, and no two of two sites of one scenario, are alike. */
export interface ThingMaker {
  piece(item: Item): Thing;
  pallet(): Thing;
}

/** SGTIN-96 serials have 38 bits (TDS 2.x 14.6.1). */
const serials = 2 ** 38;
const serialsOfSite = 2 ** 28;
/** Serial references of an SSCC behind a company prefix of seven digits have nine digits. */
const palletNumbers = 1_000_000_000;
const palletNumbersOfSite = 900_000;
const palletCompanyPrefix = "9506000";

/** Numbers begin at a point that the seed tells, so that two runs with two seeds do not bring the same goods again. */
export function createThingMaker(seed: string, siteIndex: number): ThingMaker {
  const random = createRandom(`${seed}/serials`);
  const serialBase = Math.floor(random.fraction() * serials) + siteIndex * serialsOfSite;
  const palletBase = Math.floor(random.fraction() * palletNumbers) + siteIndex * palletNumbersOfSite;
  let pieces = 0;
  let pallets = 0;
  return {
    piece(item) {
      const serial = String(((serialBase + pieces++) % (serials - 1)) + 1);
      const elements = [
        { ai: "01", value: item.gtin },
        { ai: "21", value: serial },
      ];
      const epcHex = encode("SGTIN-96", 1, item.companyPrefix, elements);
      return { epcHex, code: `(01)${item.gtin}(21)${serial}`, item, serial };
    },
    pallet() {
      const number = String((palletBase + pallets++) % palletNumbers).padStart(9, "0");
      const payload = `3${palletCompanyPrefix}${number}`;
      const sscc = payload + checkDigit(payload);
      return { epcHex: encode("SSCC-96", 6, palletCompanyPrefix, [{ ai: "00", value: sscc }]), code: `(00)${sscc}` };
    },
  };
}

function encode(scheme: string, filter: number, companyPrefix: string, elements: readonly Element[]): string {
  const encoded = encodeEpc({ scheme, filter, companyPrefix, elements });
  if (!encoded.ok) throw new RangeError(`${scheme} cannot hold ${JSON.stringify(elements)}: ${encoded.problem.detail}`);
  return encoded.value;
}
