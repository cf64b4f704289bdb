import { sentenceOf } from '../base/failure.ts';
import { EngineError } from '../engine/engine-error.ts';
import { namesToForget } from '../plan/kept-images.ts';
import type { ContainerReport } from './report.ts';
import type { RunTools } from './run-tools.ts';

/** Removes the old images that are not to be kept any longer; looked for only where a container was replaced. */
export async function forgetOldImages(tools: RunTools, reports: readonly ContainerReport[]): Promise<void> {
  if (!reports.some(({ outcome }) => outcome === 'updated' || outcome === 'rolled-back')) return;
  const { engine, log, history, policy } = tools;
  try {
    const listed = await engine.listContainers();
    const names = namesToForget(await engine.listImages(), {
      keep: policy.keepImages,
      rollouts: (await history.read()).map(({ rollout }) => rollout),
      used: new Set(listed.map(({ ImageID }) => ImageID)),
    });
    for (const name of names) {
      log.debug(`Removing the old image ${name}.`);
      await engine.removeImage(name);
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    log.warn(
      `Old images could not be removed, which is tried again after the next update: ${sentenceOf(error)}`,
    );
  }
}
