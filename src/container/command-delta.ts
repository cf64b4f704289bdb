import { isDeepStrictEqual } from 'node:util';
import type { Config } from './inspected.ts';
import type { UserSet } from './user-set.ts';

/**
 * What the user said of entrypoint and command, which the engine takes as a pair: an entrypoint of the user's
 * suppresses the image's command, an empty list (not null) suppresses the image's entrypoint and keeps its
 * command (moby, `merge` in daemon/commit.go).
 */
export function commandDelta(config: Config, image: Config, userSet: UserSet): Record<string, unknown> {
  const entrypoint = listOf(config.Entrypoint);
  const cmd = listOf(config.Cmd);
  const sameEntrypoint =
    isDeepStrictEqual(entrypoint, listOf(image.Entrypoint)) && !userSet.has('Entrypoint');
  const sameCmd = isDeepStrictEqual(cmd, listOf(image.Cmd)) && !userSet.has('Cmd');

  if (sameEntrypoint && sameCmd) return {};
  // The image's command is gone although its entrypoint stayed: the user must have named that entrypoint.
  if (sameEntrypoint && cmd.length === 0) return { Entrypoint: entrypoint };
  if (sameEntrypoint) return { Cmd: cmd };
  if (entrypoint.length === 0) return sameCmd ? { Entrypoint: [] } : { Entrypoint: [], Cmd: cmd };
  return cmd.length === 0 ? { Entrypoint: entrypoint } : { Entrypoint: entrypoint, Cmd: cmd };
}

function listOf(list: readonly string[] | null | undefined): readonly string[] {
  return list ?? [];
}
