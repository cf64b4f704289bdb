import { parseDigest } from '../image/digest.ts';
import { nameByDigest, parseReference } from '../image/reference.ts';
import { digestsOf, mayBeMadeHere } from '../image/repo-digests.ts';
import { bestEffort } from '../journal/best-effort.ts';
import type { PastRollout } from '../journal/history.ts';
import { recallOrWarn } from '../journal/memory.ts';
import { withSeen } from '../journal/seen-digests.ts';
import type { ResolvedContainer } from './resolved-container.ts';
import type { RunTools } from './run-tools.ts';

type Tools = Pick<RunTools, 'seenDigests' | 'history' | 'identity' | 'log'>;

/**
 * The names by digest of images that registries had, as far as we know it ourselves. A registry may have removed
 * such an image since, because its tag went on to another.
 */
export async function knownOrigins({ seenDigests, history, log }: Tools): Promise<ReadonlySet<string>> {
  const seen = (await bestEffort(log, () => recallOrWarn(seenDigests, log))) ?? [];
  const past = (await bestEffort(log, () => history.read())) ?? [];
  return new Set([...seen, ...past.flatMap(namesIn)]);
}

/** One that was only made anew along with another may run an image of any origin. */
function namesIn({ reference, fromDigest, toDigest }: PastRollout): readonly string[] {
  const named = parseReference(reference);
  if (named === undefined || fromDigest === toDigest) return [];
  return [fromDigest, toDigest].flatMap(text => {
    const digest = parseDigest(text ?? '');
    return digest === undefined ? [] : [nameByDigest(named, digest)];
  });
}

/** Remembers what runs and is what its registry offers, where the engine could not say later that it came from there. */
export async function rememberOrigins(tools: Tools, resolved: readonly ResolvedContainer[]): Promise<void> {
  const names = resolved.flatMap(({ container: { image, reference }, verdict }) => {
    const named = parseReference(reference);
    if (verdict.kind !== 'current' || image === undefined || named === undefined) return [];
    if (!mayBeMadeHere(image, tools.identity.digestsForAll)) return [];
    return digestsOf(image, named).map(digest => nameByDigest(named, digest));
  });
  if (names.length === 0) return;
  await bestEffort(tools.log, async () => {
    const { value: seen } = await tools.seenDigests.recall();
    if (names.every(name => seen.includes(name))) return;
    await tools.seenDigests.remember(withSeen(seen, names));
  });
}
