import { realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { containerSummaryShape, inspectedImageShape } from '../../../src/container/inspected.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { takeSurvey } from '../../../src/run/survey.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const FOLDER = 'com.docker.compose.project.working_dir';

/** The names of those that a home's `stack` covers, each with its compose folder and that of its image. */
async function stack(home: string, folders: Readonly<Record<string, readonly [string, string?]>>) {
  const engine: Pick<Engine, 'listContainers' | 'lookAtMany'> = {
    listContainers: async () =>
      Object.entries(folders).map(([name, [folder]]) =>
        containerSummaryShape.parse({
          ...{ Id: name, Names: [`/${name}`], Image: 'web:1', ImageID: name },
          ...{ Labels: { [FOLDER]: folder }, State: 'running' },
        }),
      ),
    lookAtMany: look =>
      look({
        inspectImage: async id => {
          const inherited = folders[id]?.[1];
          const Labels = inherited === undefined ? {} : { [FOLDER]: inherited };
          return inspectedImageShape.parse({ Id: id, Config: { Labels } });
        },
        inspectContainer: async () => undefined,
      }),
  };
  const policy = {
    ...{
      healthTimeout: 0,
      stableFor: 0,
      keepImages: 1,
      signature: { verify: 'off' as const },
      stopGrace: undefined,
      minAge: 0,
      downgrade: 'follow' as const,
      staleAfter: 0,
    },
    watch: 'stack',
  } as const;
  const survey = await takeSurvey({
    engine: engine as Engine,
    policy,
    home,
    concurrency: 2,
    own: { container: undefined, enginePort: undefined },
  });
  return survey.map(({ name }) => name);
}

it('finds the stack of its home, however that was reached, but not by the word of an image', async () => {
  const home = realpathSync(tempFolder());
  const link = join(tempFolder(), 'home');
  symlinkSync(home, link);
  const found = await stack(home, {
    direct: [home],
    linked: [link],
    elsewhere: ['/srv/other'],
    inherited: [home, home],
    own: [home, '/build'],
  });
  expect(found).toEqual(['direct', 'linked', 'own']);
});
