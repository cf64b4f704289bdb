import type { InspectedImage } from '../container/inspected.ts';
import { successorName } from '../container/names.ts';
import { PREFLIGHT_CAUSE, planPreflight } from '../plan/plan-preflight.ts';
import { planArm, planPrepare, planPull, planSwitch } from '../plan/plan-update.ts';
import type { Step } from '../plan/step.ts';
import type { PlannedRollout } from '../rollout/roll-out.ts';
import type { ArrangedRun, Turn } from './arrange-run.ts';
import { leftBehind } from './left-behind.ts';
import { planRollout } from './plan-rollout.ts';
import { byName, type ContainerReport, reportVerdict } from './report.ts';
import type { RunTools } from './run-tools.ts';

/** What a run would do, without doing it. */
export async function preview(
  tools: RunTools,
  { settled, turns }: ArrangedRun,
): Promise<readonly ContainerReport[]> {
  const reports = settled.map(each => reportVerdict(each));
  for (const turn of turns) reports.push(...(await previewTurn(tools, turn)));
  return byName(reports);
}

/** The steps stand with the container that the set is replaced for. */
async function previewTurn(tools: RunTools, { set, resolved }: Turn): Promise<readonly ContainerReport[]> {
  const plan = await planRollout(tools, set);
  const reports: ContainerReport[] = [];
  for (const each of resolved) {
    const { id, name } = each.container;
    if (each.verdict.kind === 'failed') {
      reports.push(reportVerdict(each));
    } else if (each.verdict.kind !== 'outdated') {
      const { follows = '' } = set.find(replaced => replaced.id === id) ?? {};
      reports.push({ ...reportVerdict(each), reason: `would be made anew: it ${follows}` });
    } else if (plan.kind === 'skipped') {
      reports.push(reportVerdict({ ...each, verdict: plan }));
    } else {
      const { members } = plan.planned.rollout;
      reports.push({
        ...reportVerdict(each, members[0]?.name === name ? previewSteps(plan.planned) : []),
        from: members.find(member => member.name === name)?.fromDigest,
        reason: await whatIsLacking(tools, plan.planned, id),
      });
    }
  }
  return reports;
}

/** What will not be as the user may think, where there is anything. */
async function whatIsLacking(
  tools: RunTools,
  { takeovers }: PlannedRollout,
  id: string,
): Promise<string | undefined> {
  const { notice } = takeovers.find(({ member }) => member.predecessor === id) ?? {};
  const words = [notice, await leftBehind(tools, id)].filter(each => each !== undefined);
  return words.length === 0 ? undefined : words.join('; ');
}

/** The steps up to commit. What is not known before the pull, the new image's id and defaults, is in none of them. */
function previewSteps({ rollout, takeovers }: PlannedRollout): readonly Step[] {
  const image: InspectedImage = { Id: '', Config: { Labels: {} } };
  const replacements = rollout.members.map(({ name, predecessor }) => {
    const made = successorName(name, rollout.id);
    return { old: { id: predecessor, name }, new: { id: made, name: made } };
  });
  return [
    ...takeovers.flatMap(planPull),
    ...takeovers.flatMap(takeover => planPreflight(rollout, takeover, { image, cause: PREFLIGHT_CAUSE })),
    ...takeovers.flatMap(takeover => planPrepare(rollout, { ...takeover, image }, replacements)),
    ...planArm(takeovers),
    ...planSwitch(rollout, takeovers, replacements),
  ];
}
