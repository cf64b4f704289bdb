const told = new WeakSet<object>();

/** Notes that an error was said where its reader looks, so that it is not said twice. */
export function markTold(error: unknown): void {
  if (typeof error === 'object' && error !== null) told.add(error);
}

export function wasTold(error: unknown): boolean {
  return typeof error === 'object' && error !== null && told.has(error);
}
