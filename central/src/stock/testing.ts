import { Movement, outsides } from "@tallygate/protocol";
import type { Books, Meaning, Place, Recorded } from "./model.ts";
import { thingOf } from "./thing.ts";

/** Accounts and items in memory: sites are 1, 2, …; a place has the same id wherever it is asked for. */
export class TestBooks implements Books {
  private readonly places: Place[] = [];
  private readonly meanings = new Map<string, Meaning>();

  bind(classKey: string, itemId: number, units = 1): this {
    this.meanings.set(classKey, { itemId, units });
    return this;
  }

  meaning(classKey: string): Meaning | undefined {
    return this.meanings.get(classKey);
  }

  place(id: number): Place {
    const place = this.places[id - 1];
    if (place === undefined) throw new Error(`there is no place ${id}`);
    return place;
  }

  account(siteId: number, code: string): Place {
    const known = this.places.find(place => place.siteId === siteId && place.code === code);
    if (known !== undefined) return known;
    const outside = outsides.some(name => name === code);
    const place = { id: this.places.length + 1, siteId, code, outside };
    this.places.push(place);
    return place;
  }

  /** `dock@1` */
  id(name: string): number {
    const [code = "", site = "1"] = name.split("@");
    return this.account(Number(site), code).id;
  }

  name(id: number): string {
    const { code, siteId } = this.place(id);
    return `${code}@${siteId}`;
  }
}

/** A movement written `supplier > dock @1 t20`, as the edge of that site says it. */
export function recorded(seq: number, code: string, text: string, quantity = 1): Recorded {
  const [, from, to, site, at] = /^(\S+) > (\S+) @(\d+) t(\d+)$/.exec(text) ?? [];
  const movement = Movement.parse({
    code,
    quantity,
    from,
    to,
    bizStep: "storing",
    readPoint: "gate",
    eventTimeMs: Number(at),
    cause: "reading",
  });
  return { epochId: Number(site), seq, siteId: Number(site), movement, thing: thingOf(code) };
}
