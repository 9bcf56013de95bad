import { isLoopback, Listen } from "@tallygate/kit";
import { z } from "zod";
import { Users } from "../mqtt/config.ts";

/** Where readers post their events over HTTP. */
export const Readers = z
  .strictObject({
    listen: Listen.optional().meta({
      description: "Where readers post events, to /readers/ID/events. Absent: nowhere.",
      example: "0.0.0.0:8090",
    }),
    anonymous: z.boolean().default(false).meta({
      description: "Readers need no user and password. Only with a listener on loopback, for simulations and trials.",
    }),
    users: Users.meta({
      description:
        "Users with Basic credentials, or their password alone as a bearer token. Those of mqtt.users are taken as well.",
    }),
  })
  .superRefine(({ listen, anonymous }, context) => {
    if (listen === undefined || !anonymous || isLoopback(listen.host)) return;
    const message = `is refused, since readers.listen ${listen.host} can be reached from other machines: name users`;
    context.addIssue({ code: "custom", path: ["anonymous"], message });
  })
  .meta({ description: "The listener for readers that post over HTTP." });
export type Readers = z.infer<typeof Readers>;
