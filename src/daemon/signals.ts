/** What the process was told by signals. */
export interface Signals {
  /** SIGTERM or SIGINT: leave as soon as that is safe. */
  readonly stop: AbortSignal;
  /** The same once more: leave now. */
  readonly force: AbortSignal;
  /** SIGHUP: read the settings again. It stays so until it is heeded, whatever is at work when it comes. */
  reload(): AbortSignal;
  heedReload(): void;
}

/** Listens from now on, for good: without a listener these signals would end the process on the spot. */
export function listenForSignals(): Signals {
  const stop = new AbortController();
  const force = new AbortController();
  let reload = new AbortController();
  const onStop = () => (stop.signal.aborted ? force : stop).abort();
  process.on('SIGTERM', onStop);
  process.on('SIGINT', onStop);
  process.on('SIGHUP', () => reload.abort());
  return {
    stop: stop.signal,
    force: force.signal,
    reload: () => reload.signal,
    heedReload: () => {
      reload = new AbortController();
    },
  };
}
