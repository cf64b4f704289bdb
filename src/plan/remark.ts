import type { Log } from '../base/log.ts';

/** Something that is worth a word in the log when it becomes so, and not at every run. */
export interface Remark {
  /** What makes it another one than the last: with another, it is said again. */
  readonly key: string;
  readonly level: keyof Pick<Log, 'info' | 'warn'>;
  /** One sentence, without a full stop. */
  readonly words: string;
}
