import { Failure, sentenceOf } from '../base/failure.ts';
import { shortDigest } from '../image/digest.ts';
import type { PlannedRollout } from '../rollout/roll-out.ts';
import { rollOut } from '../rollout/roll-out.ts';
import type { ArrangedRun, Turn } from './arrange-run.ts';
import { leftBehind } from './left-behind.ts';
import { planRollout } from './plan-rollout.ts';
import { byName, type ContainerReport, reportEnd, reportVerdict } from './report.ts';
import type { RunTools } from './run-tools.ts';

/** Does what the verdicts say, one set of containers at a time. What fails for one fails for that one. */
export async function carryOut(
  tools: RunTools,
  { settled, turns }: ArrangedRun,
): Promise<readonly ContainerReport[]> {
  const reports = settled.map(each => reportVerdict(each));
  for (const turn of turns) reports.push(...(await take(tools, turn)));
  return byName(reports);
}

async function take(tools: RunTools, turn: Turn): Promise<readonly ContainerReport[]> {
  if (tools.interrupted.aborted) return skip(turn, 'the run was told to leave before its turn came');
  try {
    const plan = await planRollout(tools, turn.set);
    if (plan.kind === 'skipped') return skip(turn, plan.reason);
    await announce(tools, plan.planned);
    tellSigners(tools, turn);
    return stillRefused(turn, reportEnd(await rollOut(tools, plan.planned)));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const reason = tools.secrets.redact(sentenceOf(error).replace(/\.$/, ''));
    return turn.resolved.map(each => ({ ...reportVerdict(each), outcome: 'failed', reason }));
  }
}

/** One that was only made anew along with another still runs the image that it shall not stay on. */
function stillRefused({ resolved }: Turn, reports: readonly ContainerReport[]): readonly ContainerReport[] {
  const refused = new Map(
    resolved.filter(({ verdict }) => verdict.kind === 'failed').map(each => [each.container.name, each]),
  );
  return reports.map(report => {
    const each = report.outcome === 'updated' ? refused.get(report.name) : undefined;
    return each === undefined ? report : reportVerdict(each);
  });
}

/** Says why what is taken is trusted; and where a label does without a signature that the settings ask for. */
function tellSigners({ log, policy }: RunTools, { resolved }: Turn): void {
  for (const { container, verdict } of resolved) {
    if (verdict.kind !== 'outdated') continue;
    const what = shortDigest(verdict.digest);
    const said = { container: container.name };
    if (verdict.signedBy !== undefined) log.info(`${what} is signed by ${verdict.signedBy}.`, said);
    else if (policy.signature.verify !== 'off')
      log.warn(`${what} is taken without a signature, as label refreshd.verify=off says.`, said);
  }
}

/** Says what is begun, and what will not be there any more. */
export async function announce(tools: RunTools, { rollout, takeovers }: PlannedRollout): Promise<void> {
  for (const { name, reference, target } of rollout.members) {
    if (target.kind === 'offered')
      tools.log.info(`Taking ${reference} at ${shortDigest(target.digest)}.`, { container: name });
  }
  for (const { member, notice } of takeovers) {
    const said = { container: member.name };
    if (notice !== undefined) tools.log.warn(`Not as its labels ask: ${notice}.`, said);
    const left = await leftBehind(tools, member.predecessor);
    if (left !== undefined) tools.log.info(left, said);
  }
}

/** Those that would only have followed are as they were. */
function skip({ resolved }: Turn, reason: string): readonly ContainerReport[] {
  return resolved.map(each =>
    reportVerdict(
      each.verdict.kind === 'outdated' ? { ...each, verdict: { kind: 'skipped', reason } } : each,
    ),
  );
}
