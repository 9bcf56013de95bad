/**
 * A tag data event as a Zebra FX reader sends it in INVENTORY mode. Built by hand from its parts: this runs between the
 * measured sends.
 *
 * @param tag number of the tag, which becomes the serial of an SGTIN-96 of GS1's example prefix 0614141
 */
export function zebraMessage(tag: number, eventNum: number, timeMs: number, antenna = 1): string {
  const idHex = sgtinPrefix + tag.toString(16).padStart(9, "0");
  return `{"data":{"antenna":${antenna},"eventNum":${eventNum},"format":"epc","idHex":"${idHex}","peakRssi":-57,"reads":1},"timestamp":"${timestamp(timeMs)}","type":"INVENTORY"}`;
}

/** SGTIN-96, filter 3, company prefix 0614141, item 812345; nine hexadecimal digits of serial follow. */
const sgtinPrefix = "3074257bf7194e4";

let second = -1;
let secondText = "";

function timestamp(timeMs: number): string {
  const whole = Math.floor(timeMs / 1000);
  if (whole !== second) {
    second = whole;
    secondText = new Date(whole * 1000).toISOString().slice(0, 19);
  }
  return `${secondText}.${String(timeMs % 1000).padStart(3, "0")}+0000`;
}
