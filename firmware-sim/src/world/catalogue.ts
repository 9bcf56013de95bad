import { checkDigit } from "@tallygate/protocol";

/** A trade item as the simulated sites know it. */
export interface Item {
  readonly sku: string;
  readonly name: string;
  /** 14 digits. */
  readonly gtin: string;
  /** The GS1 Company Prefix: the digits of the GTIN after its first one. */
  readonly companyPrefix: string;
}

/** Company prefixes that GS1 uses in its own examples; they belong to no one who ships goods. */
const companyPrefixes = ["9506000", "0614141"] as const;

const wares: readonly (readonly [sku: string, name: string])[] = [
  ["OAT-1L", "Oat drink 1 L"],
  ["MILK-1L", "Whole milk 1 L"],
  ["COFFEE-500", "Coffee beans 500 g"],
  ["TEA-EG-20", "Earl Grey tea, 20 bags"],
  ["PASTA-500", "Spaghetti 500 g"],
  ["RICE-1K", "Basmati rice 1 kg"],
  ["FLOUR-1K", "Wheat flour 1 kg"],
  ["SUGAR-1K", "Cane sugar 1 kg"],
  ["OLIVE-750", "Olive oil 750 ml"],
  ["TOMATO-400", "Peeled tomatoes 400 g"],
  ["CHOC-70-100", "Dark chocolate 70 %, 100 g"],
  ["JAM-APR-340", "Apricot jam 340 g"],
  ["HONEY-500", "Forest honey 500 g"],
  ["SOAP-300", "Hand soap 300 ml"],
  ["DETERG-2L", "Laundry detergent 2 L"],
  ["PAPER-A4", "Copy paper A4, 500 sheets"],
  ["BAT-AA-8", "Batteries AA, pack of 8"],
  ["BULB-E27", "LED bulb E27, 8 W"],
  ["TOWEL-M", "Bath towel 70 × 140 cm"],
  ["GLOVE-9", "Work gloves, size 9"],
];

/** The first items of the catalogue: always the same ones. Beyond the named wares they have numbers for names. */
export function catalogue(count: number): readonly Item[] {
  return Array.from({ length: count }, (_, index) => {
    const [sku, name] = wares[index] ?? [`WARE-${index + 1}`, `Ware no. ${index + 1}`];
    const companyPrefix = companyPrefixes[index % 2 === 0 ? 0 : 1];
    const payload = `0${companyPrefix}${String(10_001 + index * 7).slice(-5)}`;
    return { sku, name, gtin: payload + checkDigit(payload), companyPrefix };
  });
}
