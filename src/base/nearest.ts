import leven from 'leven';

/** Further away than this it is no slip of the finger. */
const FURTHEST = 8;

/** The text that is most like the one given; undefined if none is much like it. */
export function nearest(text: string, among: readonly string[]): string | undefined {
  const [closest] = among.toSorted((a, b) => leven(a, text) - leven(b, text));
  return closest !== undefined && leven(closest, text) <= FURTHEST ? closest : undefined;
}
