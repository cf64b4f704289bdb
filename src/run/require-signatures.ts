import type { Digest } from '../image/digest.ts';
import { nameByDigest, parseReference, type Reference } from '../image/reference.ts';
import { digestsOf } from '../image/repo-digests.ts';
import { signatureDemand } from '../plan/signature-demand.ts';
import type { Verdict } from '../plan/verdict.ts';
import type { Registry } from '../registry/registry.ts';
import type { RequiredSignature, SignatureCheck } from '../signature/check-signature.ts';
import type { SignatureSource } from '../signature/find-candidates.ts';
import { type Answer, openOnce } from './ask-once.ts';
import type { ResolvedContainer } from './resolved-container.ts';
import type { RunTools } from './run-tools.ts';

type Tools = Pick<RunTools, 'registry' | 'signatures' | 'policy' | 'concurrency' | 'secrets' | 'interrupted'>;

/**
 * Looks for the signature that each offered image must have, before anything of it is pulled: of exactly the digest
 * that is pulled. Each is looked for once, however many containers are offered it.
 */
export async function requireSignatures(
  tools: Tools,
  resolved: readonly ResolvedContainer[],
): Promise<readonly ResolvedContainer[]> {
  const once = openOnce(tools);
  const ask = (reference: Reference, digest: Digest, demand: RequiredSignature) =>
    once(reference, `${nameByDigest(reference, digest)} ${JSON.stringify(demand)}`, () =>
      tools.signatures.check(sourceOf(tools.registry, reference), digest, demand),
    );
  return Promise.all(resolved.map(async each => ({ ...each, verdict: await judge(tools, each, ask) })));
}

async function judge(
  { policy }: Tools,
  { container, verdict }: ResolvedContainer,
  ask: (reference: Reference, digest: Digest, demand: RequiredSignature) => Promise<Answer<SignatureCheck>>,
): Promise<Verdict> {
  if (verdict.kind !== 'outdated' && verdict.kind !== 'current') return verdict;
  const demand = signatureDemand(policy.signature, container.wishes);
  if (typeof demand === 'string') return { kind: 'unresolved', reason: demand };
  const reference = parseReference(container.reference);
  if (verdict.kind === 'current' || demand.kind === 'none') return verdict;
  if (reference === undefined) return { kind: 'unresolved', reason: 'its image name cannot be understood' };
  const answer = await ask(reference, verdict.digest, demand);
  if (!answer.ok) return { kind: 'unresolved', reason: answer.reason };
  const check = answer.value;
  if (check.kind === 'signed') return { ...verdict, signedBy: check.by };
  const [running] = digestsOf(container.image ?? {}, reference);
  return { kind: 'failed', digest: verdict.digest, running, reason: check.reason };
}

function sourceOf(registry: Registry, reference: Reference): SignatureSource {
  return {
    manifest: name => registry.manifest(reference, name),
    referrers: digest => registry.referrers(reference, digest),
    blob: (digest, limit) => registry.blob(reference, digest, limit),
  };
}
