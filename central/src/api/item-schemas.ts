import { z } from "@tallygate/kit";
import { limits, Sku } from "@tallygate/protocol";
import { statuses, trackings } from "../catalogue/item.ts";
import { catalogueLimits } from "../catalogue/limits.ts";
import { isUom } from "../catalogue/uom.ts";
import { exactText, fields, text } from "./fields.ts";
import { apiLimits } from "./limits.ts";

const { attributesMax, variantByMax, attributeCharsMax, descriptionCharsMax, packsMax, partyCodesMax } =
  catalogueLimits;

const uom = z
  .string()
  .refine(isUom, "use a code of UN/ECE Recommendation 20, such as H87 (piece) or KGM")
  .meta({ description: "Unit of measure, UN/ECE Recommendation 20.", examples: ["H87"] });
const gtins = z
  .array(z.string().max(20))
  .max(apiLimits.itemCodesMax)
  .meta({
    description: "GTIN-8, -12 (UPC), -13 (EAN) or -14; kept with 14 digits.",
    examples: [["9506000134352"]],
  });
const codes = z
  .array(exactText(limits.codeCharsMax))
  .max(apiLimits.itemCodesMax)
  .meta({
    description:
      "Other codes: as a scanner sends them, or as an exception names them, such as `epc:…` or `code:…`. Of a code with a serial or lot, the class is kept.",
    examples: [["code:OATS-OLD-LABEL"]],
  });
const name = text(apiLimits.nameCharsMax).meta({ examples: ["Oat drink 1 L"] });
const description = text(descriptionCharsMax)
  .nullable()
  .meta({ examples: ["With calcium."] });
export const ItemStatus = z.enum(statuses).meta({
  description:
    "`draft`: known, not to be promised yet. `active`. `discontinued`: what there is may be sold off; nothing new is expected.",
  examples: ["active"],
});
const tracking = z.enum(trackings).meta({
  description: "Whether its lots or its single things are told apart.",
  examples: ["none"],
});
const attributeName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, "use 1 to 40 of a–z, 0–9, - and _");
const attributes = z
  .record(attributeName, text(attributeCharsMax))
  .refine(value => Object.keys(value).length <= attributesMax, `has more than ${attributesMax} attributes`)
  .meta({
    description: "Names and values. A variant has one for each name of its family's `variant_by`.",
    examples: [{ brand: "Oaty" }],
  });
const family = Sku.nullable().meta({
  description: "The family whose variant it is. Families have one level: a family is in no other.",
  examples: [null],
});
const variantBy = z
  .array(attributeName)
  .min(1)
  .max(variantByMax)
  .nullable()
  .meta({
    description:
      "Makes it a family: the attributes in which its variants differ. A family is no stock; only its variants are.",
    examples: [null],
  });
const packName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, "use 1 to 32 of a–z, 0–9, - and _, such as case or pallet")
  .meta({ examples: ["case"] });
const partyCode = z.strictObject({
  party: exactText(64).meta({ description: "Who calls it so: a supplier or customer.", examples: ["supplier-7"] }),
  code: exactText(64).meta({ examples: ["4711"] }),
});
const partyCodes = z
  .array(partyCode)
  .max(partyCodesMax)
  .meta({
    description: "What parties call it. No reader hears these.",
    examples: [[{ party: "supplier-7", code: "4711" }]],
  });

const pack = z.strictObject({
  pack: packName,
  contains: z
    .int()
    .min(1)
    .max(catalogueLimits.packUnitsMax)
    .meta({
      description: "How many of `of`, or units of the item, are in it. This never changes.",
      examples: [12],
    }),
  of: packName
    .nullable()
    .optional()
    .meta({ description: "The smaller pack that it contains.", examples: [null] }),
  gtins: gtins.optional(),
  codes: codes.optional(),
});
const packs = z
  .array(pack)
  .max(packsMax)
  .meta({
    description: "Boxes of many units. A movement of a pack's code counts what is in it.",
    examples: [[{ pack: "case", contains: 12, gtins: ["19506000134359"] }]],
  });

export const Item = z
  .object({
    sku: fields.sku,
    name: z.string(),
    description: z.string().nullable(),
    status: z.enum(statuses),
    tracking: z.enum(trackings),
    uom: z.string(),
    family: z.string().nullable(),
    variant_by: z.array(z.string()).nullable(),
    attributes: z.record(z.string(), z.string()),
    gtins: z.array(z.string()).meta({ description: "With 14 digits." }),
    codes: z.array(z.string()).meta({ description: "Further class keys: what all things of the class share." }),
    packs: z.array(
      z.object({
        pack: z.string(),
        contains: z.int(),
        of: z.string().nullable(),
        units: z.int().meta({ description: "How many units of the item are in it, through all smaller packs." }),
        gtins: z.array(z.string()),
        codes: z.array(z.string()),
      }),
    ),
    party_codes: z.array(z.object({ party: z.string(), code: z.string() })),
    created_at: fields.time,
    updated_at: fields.time,
  })
  .openapi("Item");

const said = {
  description: description.optional(),
  status: ItemStatus.optional(),
  tracking: tracking.optional(),
  uom: uom.optional(),
  family: family.optional(),
  variant_by: variantBy.optional(),
  attributes: attributes.optional(),
};

export const NewItemBody = z
  .strictObject({
    sku: Sku,
    name,
    ...said,
    gtins: gtins.default([]),
    codes: codes.default([]),
    packs: packs.default([]),
    party_codes: partyCodes.default([]),
  })
  .openapi("NewItem");

/** A line of an import: what it names is so afterwards, what it leaves out stays as it is. */
export const ItemLine = z.strictObject({
  sku: Sku,
  name: name.optional(),
  ...said,
  gtins: gtins.optional(),
  codes: codes.optional(),
  packs: packs.optional(),
  party_codes: partyCodes.optional(),
});

export const ItemChangeBody = z
  .strictObject({
    name: name.optional(),
    ...said,
    add_gtins: gtins.optional(),
    remove_gtins: gtins.optional().meta({ examples: [["9506000134376"]] }),
    add_codes: codes.optional(),
    remove_codes: codes.optional().meta({ examples: [["code:OATS-NEWER-LABEL"]] }),
    add_packs: packs
      .optional()
      .meta({ examples: [[{ pack: "pallet", contains: 40, of: "case", gtins: ["29506000134356"] }]] }),
    remove_packs: z
      .array(packName)
      .max(packsMax)
      .optional()
      .meta({ description: "Names of packs. Their codes go with them.", examples: [["inner"]] }),
    add_party_codes: partyCodes.optional(),
    remove_party_codes: partyCodes.optional().meta({ examples: [[{ party: "supplier-7", code: "0815" }]] }),
  })
  .refine(change => Object.values(change).some(value => value !== undefined), "names nothing to change")
  .openapi("ItemChange");
