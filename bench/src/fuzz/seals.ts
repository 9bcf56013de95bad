import { llrp } from "@tallygate/protocol";
import { readThingmagic, writeThingmagic } from "../../../edge/src/drivers/thingmagic/frame.ts";
import { readA0, writeA0 } from "../../../edge/src/drivers/uhf-a0/frame.ts";
import { readBb, writeBb } from "../../../edge/src/drivers/uhf-bb/frame.ts";
import { readCf, writeCf } from "../../../edge/src/drivers/uhf-cf/frame.ts";
import { readReader18, writeReader18 } from "../../../edge/src/drivers/uhf-reader18/frame.ts";
import { readSsi, writeSsi } from "../../../edge/src/drivers/zebra-ssi/frame.ts";

/** Where a length of one byte counts what is around the data too, this much data fits. */
const dataMax = 240;
const framesMin = 8;

/**
 * Makes whole frames with right lengths and checks of changed ones, whatever stands in them: otherwise hardly any changed frame would
 * come past its check.
 */
export const seals: Readonly<Record<string, (frame: Buffer) => Buffer>> = {
  "uhf-bb": sealed(frame => {
    const { type, command, data } = readBb(frame);
    return writeBb("bb7e", type % 3, command, [...data.subarray(0, dataMax)]);
  }),
  "uhf-a0": sealed(frame => {
    const { address, command, data } = readA0(frame);
    return writeA0(address, command, [...data.subarray(0, dataMax)]);
  }),
  "uhf-cf": sealed(frame => {
    const { address, command, data } = readCf(frame);
    return writeCf(address, command, [...data.subarray(0, dataMax)]);
  }),
  "uhf-reader18": sealed(frame => {
    const { address, command, status = 0, data } = readReader18(frame);
    return writeReader18(address, command, [status, ...data.subarray(0, dataMax)]);
  }),
  llrp: sealed(frame => {
    if (frame.length < llrp.headerBytes) return frame;
    frame.writeUInt32BE(frame.length, 2);
    return frame;
  }),
  thingmagic: sealed(frame => {
    const { opcode, status, data } = readThingmagic(frame);
    return writeThingmagic(opcode, [...data.subarray(0, dataMax)], status);
  }),
  "zebra-ssi": sealed(frame => {
    const { opcode, source, status, data } = readSsi(frame);
    return writeSsi({ opcode, source: source % 5, status, data: data.subarray(0, dataMax) });
  }),
};

function sealed(seal: (frame: Buffer) => Buffer): (frame: Buffer) => Buffer {
  return frame => (frame.length < framesMin ? frame : seal(frame));
}
