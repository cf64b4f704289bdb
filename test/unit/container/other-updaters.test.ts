import { expect, it } from 'vitest';
import { otherUpdater } from '../../../src/container/other-updaters.ts';

const words = (image: string, args: readonly string[] = [], env: readonly string[] = []) => {
  const found = otherUpdater({ image, args, env });
  return found && `${found.called} ${found.updates ? 'updates' : found.because}`;
};
const TELLS = 'it tells of updates, and makes none';

it.each([
  ['containrrr/watchtower', 'Watchtower updates'],
  ['docker.io/containrrr/watchtower:1.7.1', 'Watchtower updates'],
  ['ghcr.io/nicholas-fedor/watchtower', 'Watchtower updates'],
  ['nickfedor/watchtower:latest', 'Watchtower updates'],
  ['beatkind/watchtower', 'Watchtower updates'],
  ['mirror.test:5000/library/watchtower', 'Watchtower updates'],
  ['pyouroboros/ouroboros', 'Ouroboros updates'],
  ['ghcr.io/quenary/tugtainer:1', 'Tugtainer updates'],
  ['ghcr.io/kimdre/doco-cd', 'doco-cd updates'],
  ['ghcr.io/notifiarr/dockwatch:main', 'Dockwatch updates'],
  ['crazymax/diun:latest', `Diun ${TELLS}`],
  ['getwud/wud', `WUD ${TELLS}`],
  ['ghcr.io/getwud/wud:8', `WUD ${TELLS}`],
  ['fmartinou/whats-up-docker', `WUD ${TELLS}`],
  ['ghcr.io/codeswhat/drydock', `Drydock ${TELLS}`],
  ['mazzolino/shepherd', 'Shepherd it updates services of Swarm, which are left alone here'],
  ['louislam/dockge:1', 'Dockge it updates when somebody tells it to'],
  ['keelhq/keel', 'Keel it updates what Kubernetes owns, which is left alone here'],
  ['nginx', undefined],
  ['me/watchtower-of-mine', undefined],
  ['wud', undefined],
  [`sha256:${'a'.repeat(64)}`, undefined],
  ['Not A Name', undefined],
])('%s', (image, expected) => {
  expect(words(image)).toBe(expected);
});

it.each<[string, readonly string[], readonly string[], string]>([
  ['containrrr/watchtower', ['--monitor-only'], [], TELLS],
  ['containrrr/watchtower', ['/watchtower', '-m'], [], TELLS],
  ['containrrr/watchtower', ['--monitor-only=true'], [], TELLS],
  ['containrrr/watchtower', ['--monitor-only=false'], [], 'updates'],
  ['containrrr/watchtower', [], ['WATCHTOWER_MONITOR_ONLY=true'], TELLS],
  ['containrrr/watchtower', [], ['WATCHTOWER_MONITOR_ONLY=false'], 'updates'],
  ['containrrr/watchtower', [], ['MONITOR_ONLY=true'], 'updates'],
  // There it names what is monitored.
  ['pyouroboros/ouroboros', ['-m', 'app'], [], 'updates'],
  ['pyouroboros/ouroboros', [], ['MONITOR_ONLY=true'], TELLS],
  ['getwud/wud', [], ['WUD_TRIGGER_SMTP_MAIL_HOST=x'], TELLS],
  ['getwud/wud', [], ['WUD_TRIGGER_DOCKER_LOCAL_PRUNE=true'], 'updates'],
  ['getwud/wud', [], ['WUD_TRIGGER_DOCKERCOMPOSE_ALL_FILE=/x'], 'updates'],
  ['codeswhat/drydock', [], ['DD_ACTION_DOCKER_LOCAL_PRUNE=true'], 'updates'],
])('%s with %j and %j', (image, args, env, expected) => {
  expect(words(image, args, env)?.replace(/^\w+ /, '')).toBe(expected);
});
