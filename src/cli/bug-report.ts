import { cleanText } from '../base/clean-text.ts';
import { knownSecrets } from './known-secrets.ts';

/** Enough to find the place; of messages that quote what they were given, no more than their beginning. */
const LONGEST = 1000;

/** What is said of an error that nobody foresaw: on one line, and without what must not be shown. */
export function bugReport(error: unknown): string {
  const where =
    error instanceof Error
      ? (error.stack?.split('\n').slice(0, 3).join(' ') ?? error.message)
      : String(error);
  return `This is a mistake in refreshd, please report it: ${cleanText(knownSecrets.redact(where), LONGEST)}`;
}
