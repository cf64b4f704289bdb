import { recallOrWarn } from '../journal/memory.ts';
import { holdRefused, holdSharedTags } from './hold-shared-tags.ts';
import { knownOrigins } from './known-origins.ts';
import { requireSignatures } from './require-signatures.ts';
import { resolve } from './resolve.ts';
import type { ResolvedContainer } from './resolved-container.ts';
import type { RunTools } from './run-tools.ts';
import type { SurveyedContainer } from './survey.ts';
import { openTrust, pinnedNames } from './trust.ts';

/**
 * What may be taken of what registries offer, by every rule there is: pins, rejections, age, going back, shared tags,
 * signatures. Nothing is pulled.
 *
 * @param watched every container that is watched: what is known of one may hold another
 * @param chosen those of them that are asked about
 */
export async function judgeOffers(
  tools: RunTools,
  watched: readonly SurveyedContainer[],
  chosen: readonly SurveyedContainer[],
): Promise<readonly ResolvedContainer[]> {
  const trust = await openTrust(tools, watched);
  const compared = await resolve(chosen, {
    registry: tools.registry,
    trust,
    rejections: await recallOrWarn(tools.rejections, tools.log),
    enginePlatform: tools.identity.platform,
    digestsForAll: tools.identity.digestsForAll ?? false,
    knownOrigins: () => knownOrigins(tools),
    concurrency: tools.concurrency,
    secrets: tools.secrets,
    interrupted: tools.interrupted,
  });
  return holdRefused(await requireSignatures(tools, holdSharedTags(compared, pinnedNames(trust, watched))));
}
