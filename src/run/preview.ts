import type { InspectedImage } from '../container/inspected.ts';
import { successorName } from '../container/names.ts';
import { planPrepare, planPull, planSwitch } from '../plan/plan-update.ts';
import type { Step } from '../plan/step.ts';
import type { PlannedRollout } from '../rollout/roll-out.ts';
import { planRollout } from './plan-rollout.ts';
import { type ContainerReport, reportVerdict } from './report.ts';
import type { ResolvedContainer } from './resolve.ts';
import type { RunTools } from './run-tools.ts';

/** What a run would do, without doing it. */
export async function preview(
  tools: RunTools,
  resolved: readonly ResolvedContainer[],
): Promise<readonly ContainerReport[]> {
  const reports: ContainerReport[] = [];
  for (const each of resolved) {
    if (each.verdict.kind !== 'outdated') {
      reports.push(reportVerdict(each));
      continue;
    }
    const plan = await planRollout(tools, each.container, each.verdict.digest);
    reports.push(
      plan.kind === 'planned'
        ? {
            ...reportVerdict(each, previewSteps(plan.planned)),
            from: plan.planned.rollout.members[0]?.fromDigest,
          }
        : reportVerdict({ ...each, verdict: plan }),
    );
  }
  return reports;
}

/** The steps up to commit. What is not known before the pull, the new image's id and defaults, is in none of them. */
function previewSteps({ rollout, takeovers }: PlannedRollout): readonly Step[] {
  const image: InspectedImage = { Id: '', Config: { Labels: {} } };
  return [
    ...takeovers.flatMap(planPull),
    ...planPrepare(
      rollout,
      takeovers.map(takeover => ({ ...takeover, image })),
    ),
    ...planSwitch(rollout, takeovers, name => successorName(name, rollout.id)),
  ];
}
