import assert from "node:assert/strict";
import { METHOD_NAME_ALL as all, type Result, type Router } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";

/**
 * Finds paths without parameters first, `/items/export`, and then those with some, `/items/:sku`. Hono's fast router, which makes one regular
 * expression of all paths, takes no two that differ in that way; apart, it takes both, and for hundreds of routes is six times as
 * fast as the tree that would have to do instead.
 */
export class FixedFirstRouter<T> implements Router<T> {
  private readonly fixed = smart<T>();
  private readonly open = smart<T>();
  private readonly fixedPaths = new Map<string, Set<string>>();

  /** Names Hono's own router that stands behind it, once it was asked. */
  get name(): string {
    return `FixedFirstRouter: ${this.open.name}`;
  }

  add(method: string, path: string, handler: T): void {
    const hasParameters = path.includes(":");
    const isFixed = !hasParameters && !path.includes("*");
    // What all methods go through may be a lock, and must not be passed by on the other way.
    assert(!hasParameters || method !== all, `${path} for all methods has parameters: write it with wildcards`);
    if (isFixed) this.fixedPaths.set(method, (this.fixedPaths.get(method) ?? new Set()).add(path));
    if (!hasParameters) this.fixed.add(method, path, handler);
    if (!isFixed) this.open.add(method, path, handler);
  }

  match(method: string, path: string): Result<T> {
    return (this.isFixed(method, path) ? this.fixed : this.open).match(method, path);
  }

  private isFixed(method: string, path: string): boolean {
    return this.fixedPaths.get(method)?.has(path) || this.fixedPaths.get(all)?.has(path) || false;
  }
}

function smart<T>(): SmartRouter<T> {
  return new SmartRouter<T>({ routers: [new RegExpRouter(), new TrieRouter()] });
}
