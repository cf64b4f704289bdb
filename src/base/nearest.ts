import leven from 'leven';

/**
 * The text that is most like the one given; undefined if none is much like it.
 * @param furthest how many letters may differ; more are no slip of the finger
 */
export function nearest(text: string, among: readonly string[], furthest: number): string | undefined {
  const [closest] = among.toSorted((a, b) => leven(a, text) - leven(b, text));
  return closest !== undefined && leven(closest, text) <= furthest ? closest : undefined;
}
