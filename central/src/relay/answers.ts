import type { Msg, NatsConnection, Subscription } from "@nats-io/transport-node";
import {
  type CataloguePage,
  CatalogueRequest,
  contractVersion,
  EdgeExceptions,
  type EdgeExceptionsReply,
  genesisHash,
  Hello,
  type HelloReply,
  type ListsPage,
  ListsRequest,
  Observations,
  type ObservationsReply,
  type SnapshotPage,
  SnapshotRequest,
  siteOfSubject,
  subjects,
} from "@tallygate/protocol";
import type { Logger } from "pino";
import type { z } from "zod";
import { takeObservations } from "../counts/observe.ts";
import { readCataloguePage, readLevelsPage, readSiteState } from "../db/ledger/site-state.ts";
import { addSites } from "../db/ledger/sites.ts";
import type { Pool } from "../db/pool.ts";
import { isUnavailable } from "../db/transaction.ts";
import { listsPage } from "../documents/site-lists.ts";
import { takeEdgeExceptions } from "../exceptions/from-edges.ts";
import { relayLimits } from "./limits.ts";

export interface AnswersOptions {
  readonly nc: NatsConnection;
  readonly pool: Pool;
  readonly log: Pick<Logger, "warn">;
  readonly now: () => number;
}

/** Central processes share the requests of the sites: each is answered by one of them. */
const queue = "central";

/** Answers what sites ask. A request that is not understood, or that the ledger cannot answer now, stays unanswered. */
export function openAnswers(options: AnswersOptions): Disposable {
  const desk = new Desk(options);
  const subscriptions = [
    desk.answer(subjects.hello("*"), Hello, request => answerHello(options, request)),
    desk.answer(subjects.snapshot("*"), SnapshotRequest, request => answerSnapshot(options, request)),
    desk.answer(subjects.catalogue("*"), CatalogueRequest, request => answerCatalogue(options, request)),
    desk.answer(subjects.lists("*"), ListsRequest, request => answerLists(options, request)),
    desk.answer(subjects.exceptions("*"), EdgeExceptions, request => answerExceptions(options, request)),
    desk.answer(subjects.observations("*"), Observations, request => answerObservations(options, request)),
  ];
  return {
    [Symbol.dispose]() {
      for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
}

function answerLists({ pool }: AnswersOptions, request: ListsRequest): Promise<ListsPage> {
  return listsPage(pool, request);
}

/** What was counted is answered when it is committed: the edge drops it then. */
async function answerObservations({ pool, now }: AnswersOptions, counted: Observations): Promise<ObservationsReply> {
  const through = await takeObservations(pool, counted, now());
  return { v: contractVersion, site: counted.site, epoch: counted.epoch, through };
}

/** What edges could not use is answered when it is in the inbox: only then an edge stops telling it. */
async function answerExceptions({ pool }: AnswersOptions, told: EdgeExceptions): Promise<EdgeExceptionsReply> {
  return { v: contractVersion, site: told.site, taken: await takeEdgeExceptions(pool, told) };
}

async function answerHello({ pool, now }: AnswersOptions, { site, epochs }: Hello): Promise<HelloReply> {
  const state = await readSiteState(pool, { site, epochs: epochs.map(({ epoch }) => epoch) });
  // A site is one from when its edge signs on: goods are announced to it before the first of them moves.
  if (state.version === 0) await addSites(pool, [site]);
  const known = new Map(state.cursors.map(cursor => [cursor.epoch, cursor]));
  return {
    v: contractVersion,
    site,
    version: state.version,
    catalogueVersion: state.catalogueVersion,
    cursors: epochs.map(({ epoch }) => known.get(epoch) ?? { epoch, seq: 0, hash: genesisHash }),
    timeMs: now(),
  };
}

async function answerSnapshot({ pool }: AnswersOptions, { site, after }: SnapshotRequest): Promise<SnapshotPage> {
  const { version, cursors, levels, more } = await readLevelsPage(pool, { site, after });
  const last = levels.at(-1);
  const page: SnapshotPage = { v: contractVersion, site, version, cursors: [...cursors], levels: [...levels] };
  return more && last !== undefined ? { ...page, next: { sku: last.sku, place: last.place } } : page;
}

async function answerCatalogue({ pool }: AnswersOptions, { since }: CatalogueRequest): Promise<CataloguePage> {
  const { version, more, items } = await readCataloguePage(pool, since);
  return {
    v: contractVersion,
    version,
    more,
    items: items.map(item => ({ ...item, sku: item.sku as CataloguePage["items"][number]["sku"] })),
  };
}

/** Takes requests in their order, a few at the same time. */
class Desk {
  private readonly options: AnswersOptions;
  private readonly waiting: (() => Promise<void>)[] = [];
  private busy = 0;

  constructor(options: AnswersOptions) {
    this.options = options;
  }

  answer<T extends { site: string }>(
    subject: string,
    schema: z.ZodType<T>,
    work: (request: T) => Promise<unknown>,
  ): Subscription {
    return this.options.nc.subscribe(subject, {
      queue,
      callback: (error, message) => {
        if (error !== null || this.waiting.length >= relayLimits.requestsWaitingMax) return;
        this.waiting.push(() => this.reply(message, schema, work));
        this.serve();
      },
    });
  }

  private serve(): void {
    while (this.busy < relayLimits.answersAtOnce) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.busy += 1;
      void next().finally(() => {
        this.busy -= 1;
        this.serve();
      });
    }
  }

  private async reply<T extends { site: string }>(
    message: Msg,
    schema: z.ZodType<T>,
    work: (request: T) => Promise<unknown>,
  ): Promise<void> {
    const { log } = this.options;
    try {
      const request = schema.safeParse(message.json());
      if (!request.success || request.data.site !== siteOfSubject(message.subject)) {
        log.warn({ subject: message.subject }, "a request that is not what the contract describes");
        return;
      }
      message.respond(JSON.stringify(await work(request.data)));
    } catch (error) {
      if (!isUnavailable(error)) log.warn({ err: error, subject: message.subject }, "a request could not be answered");
    }
  }
}
