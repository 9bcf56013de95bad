/** Things in the order of their time; of one time, in the order they were added. */
export interface Heap<T> {
  readonly size: number;
  add(atMs: number, value: T): void;
  /** The time of the first, without taking it. */
  firstMs(): number | undefined;
  first(): T | undefined;
  take(): T | undefined;
}

interface Entry<T> {
  readonly atMs: number;
  readonly order: number;
  readonly value: T;
}

/** A binary heap. */
export function createHeap<T>(): Heap<T> {
  const entries: Entry<T>[] = [];
  let added = 0;

  function isBefore(left: Entry<T> | undefined, right: Entry<T> | undefined): boolean {
    if (left === undefined || right === undefined) return left !== undefined;
    return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
  }

  function swap(left: number, right: number): void {
    const [first, second] = [entries[left], entries[right]];
    if (first === undefined || second === undefined) return;
    entries[left] = second;
    entries[right] = first;
  }

  function rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entries[at], entries[parent])) return;
      swap(at, parent);
      at = parent;
    }
  }

  function sink(from: number): void {
    let at = from;
    while (true) {
      const left = 2 * at + 1;
      const least = isBefore(entries[left + 1], entries[left]) ? left + 1 : left;
      if (!isBefore(entries[least], entries[at])) return;
      swap(at, least);
      at = least;
    }
  }

  return {
    get size() {
      return entries.length;
    },
    add(atMs, value) {
      entries.push({ atMs, order: added++, value });
      rise(entries.length - 1);
    },
    firstMs: () => entries[0]?.atMs,
    first: () => entries[0]?.value,
    take() {
      const first = entries[0];
      const last = entries.pop();
      if (first !== undefined && last !== undefined && entries.length > 0) {
        entries[0] = last;
        sink(0);
      }
      return first?.value;
    },
  };
}
