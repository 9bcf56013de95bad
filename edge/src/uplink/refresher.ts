import { RequestError } from "@nats-io/transport-node";
import { backoff, sleep } from "@tallygate/kit";
import {
  CataloguePage,
  type CatalogueRequest,
  contractVersion,
  ListsPage,
  type ListsRequest,
  SnapshotPage,
  type SnapshotRequest,
} from "@tallygate/protocol";
import { limits } from "../limits.ts";
import type { Store } from "../store/store.ts";

/** As many as a request may name. */
const epochsMax = 1000;

export interface RefresherDeps {
  readonly store: Store;
  readonly ask: (
    subject: "snapshot" | "catalogue" | "lists",
    request: SnapshotRequest | CatalogueRequest | ListsRequest,
  ) => Promise<unknown>;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onRefreshed: () => void;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Brings levels, catalogue and open lists up to date, beside the sending of movements. What is wanted while it works is done afterwards;
 * what fails is tried again until the connection ends.
 */
export class Refresher {
  readonly #deps: RefresherDeps;
  #snapshotWanted = false;
  #catalogueWanted = false;
  #listsWanted = false;
  #working: Promise<void> | undefined;

  constructor(deps: RefresherDeps) {
    this.#deps = deps;
  }

  want(what: { readonly snapshot?: boolean; readonly catalogue?: boolean; readonly lists?: boolean }): void {
    this.#snapshotWanted ||= what.snapshot ?? false;
    this.#catalogueWanted ||= what.catalogue ?? false;
    this.#listsWanted ||= what.lists ?? false;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Ends when the work under way has seen the signal. */
  async ended(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal, onFailure, onRefreshed } = this.#deps;
    const waits = backoff(limits.uplink.retry);
    while (!signal.aborted && (this.#snapshotWanted || this.#catalogueWanted || this.#listsWanted)) {
      try {
        if (this.#catalogueWanted) await this.#takeCatalogue();
        else if (this.#snapshotWanted) await this.#takeSnapshot();
        else await this.#takeLists();
        onRefreshed();
      } catch (error) {
        if (signal.aborted) return;
        onFailure(error);
        await sleep(waits.next().value, signal);
      }
    }
  }

  async #takeCatalogue(): Promise<void> {
    const { store, ask, signal } = this.#deps;
    for (let more = true; more && !signal.aborted; ) {
      const since = store.catalogueVersion;
      const request = { v: contractVersion, site: store.site, since } as const;
      const page = CataloguePage.parse(await ask("catalogue", request));
      if (page.more && page.version <= since) throw new Error(`the catalogue does not go on after version ${since}`);
      store.applyCatalogue(page.items, page.version);
      more = page.more;
    }
    this.#catalogueWanted = false;
  }

  async #takeLists(): Promise<void> {
    const { store, ask, now } = this.#deps;
    this.#listsWanted = false;
    const request = { v: contractVersion, site: store.site, epochs: store.keptEpochs(epochsMax) } as const;
    try {
      store.applyLists(ListsPage.parse(await ask("lists", request)), now());
    } catch (error) {
      // A centre that knows no lists has none; any other is asked again when it greets, or tells that they have changed.
      if (error instanceof RequestError && error.isNoResponders()) return;
      this.#listsWanted = true;
      throw error;
    }
  }

  async #takeSnapshot(): Promise<void> {
    const { store, ask, signal } = this.#deps;
    // What turns out to be missing while the pages come needs another snapshot.
    this.#snapshotWanted = false;
    try {
      let after: SnapshotRequest["after"];
      let firstVersion: number | undefined;
      do {
        const request = { v: contractVersion, site: store.site, ...(after === undefined ? {} : { after }) } as const;
        const page = SnapshotPage.parse(await ask("snapshot", request));
        firstVersion ??= page.version;
        if (page.next !== undefined && after !== undefined && !isBehind(page.next, after)) {
          throw new Error(`the snapshot does not go on after ${after.sku} at ${after.place}`);
        }
        store.applySnapshot(page, firstVersion);
        after = page.next;
      } while (after !== undefined && !signal.aborted);
    } catch (error) {
      this.#snapshotWanted = true;
      throw error;
    }
  }
}

type Place = NonNullable<SnapshotRequest["after"]>;

/** The centre's order of text may differ from ours: only standing still is a fault. */
function isBehind(next: Place, after: Place): boolean {
  return next.sku !== after.sku || next.place !== after.place;
}
