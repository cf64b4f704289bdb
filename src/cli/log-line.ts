import { printable } from '../base/clean-text.ts';
import { formatLocalTime } from '../base/local-time.ts';

/** A log event as pino writes it. */
export interface LogEvent {
  readonly time: number;
  readonly level: string;
  readonly container?: string;
  readonly msg: string;
}

/** An event as people read it: local time with offset, level, container, what and why. */
export function formatLogLine({ time, level, container, msg }: LogEvent): string {
  const subject = container === undefined ? '' : `${container}: `;
  return printable(`${formatLocalTime(time)} ${level.padEnd(5)} ${subject}${msg}`);
}
