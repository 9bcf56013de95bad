import { z } from "@tallygate/kit";

/** A day without a time, as GS1 dates are: `YYYY-MM-DD`, a day that exists, from 1970 to 9998. */
export const Day = z.iso
  .date("is no date; write it as YYYY-MM-DD, a day that exists")
  .refine(day => day >= "1970-01-01" && day < "9999", "is out of range; take a day from 1970 to 9998");
