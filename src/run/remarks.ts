import { shortDigest } from '../image/digest.ts';
import { movedSource } from '../image/moved-source.ts';
import { parseReference, repositoryOf } from '../image/reference.ts';
import { digestsOf } from '../image/repo-digests.ts';
import { type KnownDigests, knownSince, newsOf } from '../journal/known-digests.ts';
import type { Remark } from '../plan/remark.ts';
import { staleWords } from '../plan/stale.ts';
import type { Verdict } from '../plan/verdict.ts';
import { nameOfOffer } from './note-sightings.ts';
import type { ResolvedContainer } from './resolved-container.ts';
import { allDigests } from './running-image.ts';
import type { SurveyedContainer } from './survey.ts';

/** What is told from. Times in milliseconds. */
export interface RemarkEvidence {
  readonly known: KnownDigests;
  readonly now: number;
  readonly staleAfter: number;
}

/** All that is to be said of a container beside its outcome. */
export function remarksOn(
  { container, verdict }: ResolvedContainer,
  evidence: RemarkEvidence,
): readonly Remark[] {
  // What is offered anew goes on.
  const standing = verdict.kind === 'current' ? remarksOnImage(container, evidence) : movedRemark(container);
  return [...remarksOnOffer(container, verdict), ...standing];
}

function remarksOnOffer({ reference }: SurveyedContainer, verdict: Verdict): readonly Remark[] {
  const { kind } = verdict;
  if (kind !== 'pinned' && kind !== 'skipped' && kind !== 'outdated') return [];
  const { digest } = verdict;
  if (digest === undefined) return [];
  const short = shortDigest(digest);
  if (kind === 'pinned')
    return [
      {
        key: `pinned ${digest}`,
        level: 'info',
        words: `${reference} offers ${short}, which is not taken: ${verdict.reason}`,
      },
    ];
  if (verdict.older !== undefined)
    return [
      {
        key: `older ${digest}`,
        level: 'warn',
        words: `${reference} has gone back to ${short}, which ran here before (${verdict.older}): its publisher may have withdrawn the newer one`,
      },
    ];
  return kind === 'outdated'
    ? []
    : [{ key: `young ${digest}`, level: 'info', words: `${reference} offers ${short}, ${verdict.reason}` }];
}

/** What the image that runs tells by itself: no registry need be asked. */
export function remarksOnImage(
  container: SurveyedContainer,
  { known, now, staleAfter }: RemarkEvidence,
): readonly Remark[] {
  const { image } = container;
  const reference = parseReference(container.reference);
  if (image === undefined || reference === undefined || reference.digest !== undefined) return [];
  const digests = digestsOf(image, reference);
  if (container.selection.kind !== 'watched' || digests.length === 0) return [];
  const name = nameOfOffer(reference);
  const news = newsOf(known, name);
  const since = knownSince(known, name, allDigests({ ...container, image, reference, digests }));
  // One that was seen later is another, or the same again under a new index: either way somebody is at work.
  const isLast = news !== undefined && since === news.last;
  const words = isLast
    ? staleWords({ now, after: staleAfter, news, created: image.Created ?? undefined })
    : undefined;
  const stale: readonly Remark[] =
    words === undefined ? [] : [{ key: `stale ${digests[0]}`, level: 'warn', words }];
  return [...stale, ...movedRemark(container)];
}

/** A label of the image leads to a word, and to nothing else. */
function movedRemark({ image, reference: text, selection }: SurveyedContainer): readonly Remark[] {
  const reference = parseReference(text);
  if (image === undefined || reference === undefined || selection.kind !== 'watched') return [];
  if (digestsOf(image, reference).length === 0) return [];
  const source = movedSource(reference, image.Config.Labels);
  if (source === undefined) return [];
  return [
    {
      key: `moved ${source}`,
      level: 'warn',
      words: `Its image says that it comes from ${source}, another owner than that of ${repositoryOf(reference)}: it may have moved. If that page names another image, make the container from that one`,
    },
  ];
}
