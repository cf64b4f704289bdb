import { Failure, sentenceOf } from '../base/failure.ts';
import { shortDigest } from '../image/digest.ts';
import { rollOut } from '../rollout/roll-out.ts';
import { planRollout } from './plan-rollout.ts';
import { type ContainerReport, reportEnd, reportVerdict } from './report.ts';
import type { ResolvedContainer } from './resolve.ts';
import type { RunTools } from './run-tools.ts';

/** Does what the verdicts say, one container at a time. What fails for one fails for that one. */
export async function carryOut(
  tools: RunTools,
  resolved: readonly ResolvedContainer[],
): Promise<readonly ContainerReport[]> {
  const reports: ContainerReport[] = [];
  for (const each of resolved) {
    reports.push(
      ...(each.verdict.kind === 'outdated'
        ? await update(tools, each, each.verdict.digest)
        : [reportVerdict(each)]),
    );
  }
  return reports;
}

async function update(
  tools: RunTools,
  each: ResolvedContainer,
  digest: Parameters<typeof planRollout>[2],
): Promise<readonly ContainerReport[]> {
  const { name, reference } = each.container;
  if (tools.interrupted.aborted) {
    return [
      reportVerdict({
        ...each,
        verdict: { kind: 'skipped', reason: 'the run was told to leave before its turn came' },
      }),
    ];
  }
  try {
    const plan = await planRollout(tools, each.container, digest);
    if (plan.kind === 'skipped') return [reportVerdict({ ...each, verdict: plan })];
    tools.log.info(`Taking ${reference} at ${shortDigest(digest)}.`, { container: name });
    return reportEnd(await rollOut(tools, plan.planned));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ ...reportVerdict(each), outcome: 'failed', reason: sentenceOf(error).replace(/\.$/, '') }];
  }
}
