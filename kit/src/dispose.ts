import { sentence } from "./error.ts";

/**
 * Opens several things as one. Each goes on the stack as soon as it is open (`stack.use(await openX())`, `stack.defer(…)`); disposing
 * the result closes them in reverse order. When opening fails midway, what is open already is closed, and the failure thrown.
 */
export async function openTogether<T extends object>(
  open: (stack: AsyncDisposableStack) => Promise<T>,
): Promise<T & AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  try {
    const opened = await open(stack);
    return Object.assign(opened, { [Symbol.asyncDispose]: () => stack.disposeAsync() });
  } catch (error) {
    await stack.disposeAsync().catch((closing: unknown) => {
      throw new AggregateError([error, closing], `${sentence(error)} And closing failed: ${sentence(closing)}`);
    });
    throw error;
  }
}
