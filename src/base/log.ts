/** What a log line is about, beside its words. */
export interface LogAbout {
  /** The container's name. */
  readonly container?: string;
  /** More for programs; appears in JSON lines only. Never a secret, and nothing from an environment. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Where events go, one line each. Handed down as a parameter; the edge decides what becomes of the lines. */
export interface Log {
  debug(message: string, about?: LogAbout): void;
  info(message: string, about?: LogAbout): void;
  warn(message: string, about?: LogAbout): void;
  error(message: string, about?: LogAbout): void;
}

/** For whoever only looks. */
export const SILENCE: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
