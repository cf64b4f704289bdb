import type { KeyObject } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { TrustMaterial } from '@sigstore/verify';
import { type Digest, shortDigest } from '../image/digest.ts';
import { demandWords, type SignatureDemand } from '../plan/signature-demand.ts';
import { findCandidates, type SignatureSource } from './find-candidates.ts';
import { readPublicKeys } from './public-keys.ts';
import type { Trust } from './trust.ts';
import { fetchPublicRoot, readTrustedRoot } from './trusted-root.ts';
import { verifyCandidate } from './verify-candidate.ts';

/** Whether a digest has the signature that it must have. */
export type SignatureCheck =
  /** By whom, in words. */
  | { readonly kind: 'signed'; readonly by: string }
  /** Why it has none: a sentence without a full stop. */
  | { readonly kind: 'unsigned'; readonly reason: string };

/** The signatures of images. Nothing is taken for granted: what cannot be verified counts as not signed. */
export interface Signatures {
  /**
   * @throws SignatureError if nothing could be verified: no key, no trusted root
   * @throws whatever the source throws
   */
  check(source: SignatureSource, digest: Digest, demand: RequiredSignature): Promise<SignatureCheck>;
}

export type RequiredSignature = Exclude<SignatureDemand, { kind: 'none' }>;

/** So many different reasons are told; more help nobody. */
const MOST_REASONS = 3;

/**
 * @param home where paths begin that are not absolute
 * @param stateFolder where Sigstore's public root is kept, should it be needed
 */
export function openSignatures(home: string, stateFolder: string): Signatures {
  const keys = new Map<string, Promise<readonly KeyObject[]>>();
  const roots = new Map<string, Promise<TrustMaterial>>();

  const trustFor = async (demand: RequiredSignature): Promise<Trust> => {
    if (demand.kind === 'key') {
      const path = resolve(home, demand.keyFile);
      return {
        kind: 'key',
        keyFile: demand.keyFile,
        keys: await once(keys, path, () => readPublicKeys(path)),
      };
    }
    const { signer, rootFile } = demand;
    const path = rootFile === undefined ? '' : resolve(home, rootFile);
    const root = await once(roots, path, () =>
      path === '' ? fetchPublicRoot({ cacheFolder: join(stateFolder, 'sigstore') }) : readTrustedRoot(path),
    );
    return { kind: 'keyless', signer, root };
  };

  return {
    check: async (source, digest, demand) => {
      const trust = await trustFor(demand);
      const refusals: string[] = [];
      for await (const candidate of findCandidates(source, digest)) {
        const finding =
          'problem' in candidate
            ? { refusal: candidate.problem }
            : await verifyCandidate(candidate, digest, trust);
        if ('by' in finding) return { kind: 'signed', by: finding.by };
        refusals.push(finding.refusal);
      }
      return { kind: 'unsigned', reason: refusalWords(digest, demand, refusals) };
    },
  };
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

function refusalWords(digest: Digest, demand: RequiredSignature, refusals: readonly string[]): string {
  const wanted = `${demandWords(demand)} is required`;
  const what = `the offered image ${shortDigest(digest)}`;
  if (refusals.length === 0) return `${what} is not signed, and ${wanted}`;
  const reasons = [...new Set(refusals)];
  const told = reasons.slice(0, MOST_REASONS).join('; ');
  const rest = reasons.length > MOST_REASONS ? `; and ${reasons.length - MOST_REASONS} more` : '';
  const [only] = refusals;
  return refusals.length === 1
    ? `the signature of ${what} does not count, and ${wanted}: ${only}`
    : `none of ${refusals.length} signatures of ${what} counts, and ${wanted}: ${told}${rest}`;
}
