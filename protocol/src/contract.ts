import { z } from "zod";
import { Batch } from "./batch.ts";
import { EdgeException, EdgeExceptions, EdgeExceptionsReply } from "./edge-exceptions.ts";
import { Movement } from "./movement.ts";
import { Observation, Observations, ObservationsReply } from "./observations.ts";
import { Reading } from "./reading.ts";
import {
  CatalogueChanged,
  CataloguePage,
  CatalogueRequest,
  Hello,
  HelloReply,
  ListsChanged,
  ListsPage,
  ListsRequest,
  Resend,
  SiteChange,
  SiteStatus,
  SnapshotPage,
  SnapshotRequest,
} from "./site-messages.ts";

/** Every shape that crosses a wire between our processes, by the name of its JSON Schema. */
export const contract = {
  Batch,
  CatalogueChanged,
  CataloguePage,
  CatalogueRequest,
  EdgeException,
  EdgeExceptions,
  EdgeExceptionsReply,
  Hello,
  HelloReply,
  ListsChanged,
  ListsPage,
  ListsRequest,
  Movement,
  Observation,
  Observations,
  ObservationsReply,
  Reading,
  Resend,
  SiteChange,
  SiteStatus,
  SnapshotPage,
  SnapshotRequest,
} as const;

/** JSON Schemas (2020-12) of the contract, as written to `protocol/schema/`. */
export function contractSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(contract).map(([name, schema]) => [
      name,
      { $id: `https://tallygate.dev/schema/1/${name}.json`, ...z.toJSONSchema(schema, { io: "input" }) },
    ]),
  );
}

interface Channel {
  readonly address: string;
  readonly summary: string;
  readonly message: keyof typeof contract;
  readonly sender: "edge" | "central";
  readonly reply?: keyof typeof contract;
}

/** Subjects as `subjects.ts` builds them, with their parameters in braces. */
export const channels: Readonly<Record<string, Channel>> = {
  movements: {
    address: "tallygate.movements.{partition}.{site}",
    summary: "Movements of a site, in order, over the JetStream stream TALLYGATE_MOVEMENTS.",
    message: "Batch",
    sender: "edge",
  },
  hello: {
    address: "tallygate.hello.{site}",
    summary: "An edge introduces itself and learns where the centre stands.",
    message: "Hello",
    sender: "edge",
    reply: "HelloReply",
  },
  snapshot: {
    address: "tallygate.snapshot.{site}",
    summary: "All stock levels of a site, page by page.",
    message: "SnapshotRequest",
    sender: "edge",
    reply: "SnapshotPage",
  },
  catalogue: {
    address: "tallygate.catalogue.{site}",
    summary: "Items that changed after a version, page by page.",
    message: "CatalogueRequest",
    sender: "edge",
    reply: "CataloguePage",
  },
  observations: {
    address: "tallygate.observations.{site}",
    summary: "What was counted at a site, and how far the centre has committed it.",
    message: "Observations",
    sender: "edge",
    reply: "ObservationsReply",
  },
  exceptions: {
    address: "tallygate.exceptions.{site}",
    summary: "What an edge could not use or decide, and what of it the centre has committed.",
    message: "EdgeExceptions",
    sender: "edge",
    reply: "EdgeExceptionsReply",
  },
  lists: {
    address: "tallygate.lists.{site}",
    summary: "The open lists of a site, with what is still to be done of each.",
    message: "ListsRequest",
    sender: "edge",
    reply: "ListsPage",
  },
  listsChanged: {
    address: "tallygate.lists-changed.{site}",
    summary: "The open lists of the site have a new version.",
    message: "ListsChanged",
    sender: "central",
  },
  status: {
    address: "tallygate.status.{site}",
    summary: "How a site is, every few seconds.",
    message: "SiteStatus",
    sender: "edge",
  },
  change: {
    address: "tallygate.change.{site}",
    summary: "Confirmed cursors and changed levels, after each commit of the centre that concerns the site.",
    message: "SiteChange",
    sender: "central",
  },
  resend: {
    address: "tallygate.resend.{site}",
    summary: "The centre misses movements of the site.",
    message: "Resend",
    sender: "central",
  },
  catalogueChanged: {
    address: "tallygate.catalogue-changed",
    summary: "The catalogue has a new version.",
    message: "CatalogueChanged",
    sender: "central",
  },
};
