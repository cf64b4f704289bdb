/** A signal that follows others, until it lets go of them. */
export interface EitherSignal {
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * Fires as soon as one of the signals does. `AbortSignal.any` cannot let go: each call leaves some bytes in signals that
 * live on (seen with Node 20), which adds up where they live for years.
 */
export function eitherSignal(...signals: readonly AbortSignal[]): EitherSignal {
  const either = new AbortController();
  const fire = () => either.abort();
  for (const each of signals) {
    if (each.aborted) fire();
    else each.addEventListener('abort', fire, { once: true });
  }
  return {
    signal: either.signal,
    release: () => {
      for (const each of signals) each.removeEventListener('abort', fire);
    },
  };
}
