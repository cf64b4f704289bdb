import { bestEffort } from '../journal/best-effort.ts';
import type { RolloutEnd } from '../rollout/rollout-end.ts';
import { arrangeRun } from './arrange-run.ts';
import { carryOut } from './carry-out.ts';
import { chooseNamed } from './choose-named.ts';
import { forgetOldImages } from './forget-old-images.ts';
import { judgeOffers } from './judge-offers.ts';
import { rememberOrigins } from './known-origins.ts';
import { logReport, summarize } from './log-report.ts';
import { noteSightings } from './note-sightings.ts';
import { preview } from './preview.ts';
import { recoverAll } from './recover-all.ts';
import { remarksOn } from './remarks.ts';
import { type RunReport, reportEnd } from './report.ts';
import type { ResolvedContainer } from './resolved-container.ts';
import type { RunTools } from './run-tools.ts';
import { type SurveyedContainer, takeSurvey } from './survey.ts';
import { type Remarks, tellRemarks, withRemarks } from './tell-remarks.ts';

/** What is asked of a run. */
export interface RunRequest {
  /** Only these containers; all that are watched, if empty. */
  readonly names: readonly string[];
  /** Whether only to say what would be done. */
  readonly dryRun: boolean;
}

/**
 * The one way through: recover, survey, resolve, require signatures, arrange, carry out (or preview), report. The daemon's run, `--run-now`, a run
 * that catches up, and `check` are all this function.
 *
 * @throws Failure where nothing could be begun: no engine, no state folder, a name that is not watched
 */
export async function updateRun(tools: RunTools, request: RunRequest): Promise<RunReport> {
  const startedAt = tools.clock.now();
  const begun = tools.clock.elapsed();
  const recovered = request.dryRun ? [] : await recoverAll(tools, false);
  const watched = await takeSurvey(tools);
  const resolved = await judgeOffers(tools, watched, chooseNamed(watched, request.names));
  const remarks = await look(tools, watched, resolved);
  if (!request.dryRun) {
    await rememberOrigins(tools, resolved);
    await tellRemarks(tools, remarks);
  }
  const arranged = await arrangeRun(tools, resolved, namesOf(recovered.filter(({ open }) => open)));
  const reports = request.dryRun ? await preview(tools, arranged) : await carryOut(tools, arranged);
  const containers = withRemarks(reports, remarks);
  if (!request.dryRun) await forgetOldImages(tools, [...recovered.flatMap(reportEnd), ...containers]);
  const challenges = Object.fromEntries(tools.registry.challenges());
  await bestEffort(tools.log, () => tools.knownRegistries.remember(challenges));

  const report: RunReport = {
    startedAt,
    endedAt: tools.clock.now(),
    took: tools.clock.elapsed() - begun,
    recovered: recovered.flatMap(reportEnd),
    containers,
    registryRequests: tools.registry.requests(),
    interrupted: tools.interrupted.aborted,
  };
  if (request.dryRun) return report;
  logReport(tools.log, report);
  const lastRun = { startedAt, endedAt: report.endedAt, summary: summarize(report) };
  await bestEffort(tools.log, () => tools.lastRun.remember(lastRun));
  return report;
}

/** Remembers what was seen, and finds what there is to say of it. */
async function look(
  tools: RunTools,
  watched: readonly SurveyedContainer[],
  resolved: readonly ResolvedContainer[],
): Promise<Remarks> {
  const known = await noteSightings(tools, watched, resolved);
  const evidence = { known, now: tools.clock.now(), staleAfter: tools.policy.staleAfter };
  return new Map(resolved.map(each => [each.container.name, remarksOn(each, evidence)]));
}

/** Nothing new is begun with these before what was begun is over. */
function namesOf(open: readonly RolloutEnd[]): ReadonlySet<string> {
  return new Set(open.flatMap(({ rollout }) => rollout.members.map(({ name }) => name)));
}
