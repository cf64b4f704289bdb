import { shapeOfJson, z } from '../base/shape.ts';

/**
 * The settings that the user had made although they equal the image's default, so that comparing cannot tell.
 * Entries are `User`, `Labels:key`, `Env:3` (the first three entries are the user's), `Healthcheck.Interval`, ….
 */
export type UserSet = ReadonlySet<string>;

export const NOTHING_SET: UserSet = new Set();

const listShape = z.array(z.string());

/** Reads the list as it is kept in a label. */
export function parseUserSet(text: string | undefined): UserSet {
  const read = shapeOfJson(listShape, text ?? '[]');
  return read.ok ? new Set(read.value) : NOTHING_SET;
}

/** In one order, whatever it grew in. A label's key may hold any sign, so none of them could separate. */
export function printUserSet(set: UserSet): string {
  return JSON.stringify([...set].sort());
}
