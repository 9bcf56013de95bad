import { z } from "zod";
import { ContractVersion } from "./batch.ts";
import { Epoch, PlaceCode, SiteId, TimeMs } from "./ids.ts";
import { limits } from "./limits.ts";

/**
 * Something that was counted at a place: a scan of a scanner that counts, or a tag that an RFID reader found while a person swept a
 * place. It moves nothing. Its identity is (site, epoch, `seq`), given in the edge's commit.
 */
export const Observation = z
  .object({
    seq: z.int().min(1),
    place: PlaceCode,
    code: z.string().min(1).max(limits.codeCharsMax).meta({ description: "As of a movement." }),
    quantity: z
      .int()
      .min(-limits.quantityMax)
      .max(limits.quantityMax)
      .refine(quantity => quantity !== 0, "nothing was counted")
      .meta({ description: "How many more were counted; below zero, what was counted by mistake is taken back." }),
    eventTimeMs: TimeMs,
    readPoint: z.string().min(1).max(96),
    session: z
      .string()
      .min(1)
      .max(128)
      .meta({ description: "The sweep: one device at one place, until it is put elsewhere or rests." }),
  })
  .meta({ title: "Observation" });
export type Observation = z.infer<typeof Observation>;

/** Observations of one epoch in their order. Their numbers rise, and may have gaps. */
export const Observations = z
  .object({
    v: ContractVersion,
    site: SiteId,
    epoch: Epoch,
    observations: z.array(Observation).min(1).max(limits.batchObservationsMax),
  })
  .meta({ title: "Observations" });
export type Observations = z.infer<typeof Observations>;

/** The centre has committed every observation of the epoch up to `through`: the edge may drop them. */
export const ObservationsReply = z
  .object({ v: ContractVersion, site: SiteId, epoch: Epoch, through: z.int().min(1) })
  .meta({ title: "ObservationsReply" });
export type ObservationsReply = z.infer<typeof ObservationsReply>;
