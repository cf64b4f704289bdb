/**
 * The settings that the user had made although they equal the image's default, so that comparing cannot tell.
 * Entries are `User`, `Labels:key`, `Env:3` (the first three entries are the user's), `Healthcheck.Interval`, ….
 */
export type UserSet = ReadonlySet<string>;

export const NOTHING_SET: UserSet = new Set();

/** Reads the list as it is kept in a label. */
export function parseUserSet(text: string | undefined): UserSet {
  return text === undefined || text === '' ? NOTHING_SET : new Set(text.split('\n'));
}

/** Newlines separate, because label keys may hold anything else. */
export function printUserSet(set: UserSet): string {
  return [...set].sort().join('\n');
}
