// pino-roll comes without types; this is the part of it that is used.
declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events';

  /** A sonic-boom stream that moves on to a new file by itself. */
  export interface RollingStream extends EventEmitter {
    /** The path of the file that is written now. */
    readonly file: string;
    write(text: string): boolean;
    /** Goes on in another file. */
    reopen(file: string): void;
    flushSync(): void;
    end(): void;
  }

  export default function roll(options: {
    readonly file: string;
    readonly extension: string;
    readonly size: string;
    readonly limit: { readonly count: number; readonly removeOtherLogFiles: boolean };
    readonly sync: boolean;
  }): Promise<RollingStream>;
}
