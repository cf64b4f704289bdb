import { expect, it } from 'vitest';
import { inspectedImageShape, type ListedImage } from '../../../src/container/inspected.ts';
import { EngineError } from '../../../src/engine/engine-error.ts';
import { parseReference } from '../../../src/image/reference.ts';
import type { PastRollout } from '../../../src/journal/history.ts';
import type { KnownDigests } from '../../../src/journal/known-digests.ts';
import { wentBack } from '../../../src/run/went-back.ts';
import { digestOf } from '../../support/rollout-samples.ts';

const [RUNS, ID, OFFERED, MANIFEST, CONFIG, OTHER] = ['a', '1', 'd', 'e', 'f', '0'].map(digestOf) as [
  ReturnType<typeof digestOf>,
  ...ReturnType<typeof digestOf>[],
];
const WEB = 'registry.test/web:1';

const knew = (digest = RUNS, ran?: number, reference = WEB) => ({ reference, digest, since: 1, ran });
const past = (over: Partial<PastRollout>): PastRollout => ({
  ...{ v: 1, rollout: 'r', container: 'web', reference: WEB, outcome: 'updated' },
  ...{ fromImage: OTHER as string, startedAt: 10, endedAt: 11, ...over },
});
const kept = (over: Partial<ListedImage>): ListedImage => ({
  Id: OTHER as string,
  RepoTags: ['refreshd-kept:web.r1'],
  RepoDigests: [],
  ...over,
});

async function evidence(
  known: readonly ReturnType<typeof knew>[],
  history: readonly PastRollout[] = [],
  images: readonly ListedImage[] | EngineError = [],
): Promise<string | undefined> {
  const reference = parseReference(WEB);
  if (reference === undefined || OFFERED === undefined || MANIFEST === undefined || CONFIG === undefined)
    throw new Error('no sample');
  const image = inspectedImageShape.parse({ Id: ID });
  return wentBack(
    {
      known: known as KnownDigests,
      history: async () => history,
      engine: {
        listImages: async () => {
          if (images instanceof EngineError) throw images;
          return images;
        },
      },
    },
    { name: 'web', imageId: String(ID), manifest: undefined, image, reference, digests: [RUNS] },
    { digest: OFFERED, aliases: [MANIFEST, CONFIG] },
  );
}

it.each<[string, Parameters<typeof evidence>, RegExp | undefined]>([
  ['it never ran', [[knew(RUNS, 20), knew(OFFERED)]], undefined],
  ['it ran before', [[knew(RUNS, 20), knew(OFFERED, 10)]], /^known to have run since /],
  ['it ran after', [[knew(RUNS, 10), knew(OFFERED, 20)]], undefined],
  ['both were seen to run at once', [[knew(RUNS, 10), knew(OFFERED, 10)]], undefined],
  [
    'it ran before under another name',
    [[knew(RUNS, 20), knew(OFFERED, 10, 'registry.test/web:2')]],
    undefined,
  ],
  [
    'its manifest ran before, under another index',
    [[knew(RUNS, 20), knew(MANIFEST, 10)]],
    /^known to have run/,
  ],
  ['its configuration ran before', [[knew(ID, 20), knew(CONFIG, 10)]], /^known to have run/],
  [
    'the container went from it to another',
    [[knew(RUNS, 20)], [past({ fromDigest: OFFERED, toDigest: RUNS })]],
    /^known to have run/,
  ],
  [
    'the container came to it from what it runs',
    [
      [],
      [
        past({ fromDigest: RUNS, toDigest: OFFERED }),
        past({ outcome: 'rolled-back', fromDigest: RUNS, toDigest: OFFERED }),
      ],
    ],
    undefined,
  ],
  [
    'it was tried and put back',
    [[knew(RUNS, 20)], [past({ outcome: 'rolled-back', fromDigest: RUNS, toDigest: OFFERED })]],
    undefined,
  ],
  [
    'another container went from it',
    [[knew(RUNS, 20)], [past({ container: 'db', fromDigest: OFFERED })]],
    undefined,
  ],
  [
    'it went from it in another repository',
    [[knew(RUNS, 20)], [past({ reference: 'registry.test/db:1', fromDigest: OFFERED })]],
    undefined,
  ],
  ['it is kept by its id', [[], [], [kept({ Id: String(CONFIG) })]], /^its image is still kept here$/],
  [
    'it is kept by its digest',
    [[], [], [kept({ RepoDigests: [`registry.test/web@${OFFERED}`] })]],
    /^its image is still/,
  ],
  ['another is kept', [[], [], [kept({})]], undefined],
  [
    'it is kept for another container',
    [[], [], [kept({ Id: String(CONFIG), RepoTags: ['refreshd-kept:db.r1'] })]],
    undefined,
  ],
  ['it is here, and not kept', [[], [], [kept({ Id: String(CONFIG), RepoTags: [WEB] })]], undefined],
  [
    'it is kept, but known to have run after',
    [[knew(RUNS, 10), knew(OFFERED, 20)], [], [kept({ Id: String(CONFIG) })]],
    undefined,
  ],
  ['the engine does not say', [[], [], new EngineError('unknown', 'The engine is busy.')], undefined],
])('where %s', async (_, given, expected) => {
  const found = await evidence(...given);
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(expected);
});
