import { expect } from 'vitest';
import type { EnginePower } from './engine-power.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { Lab } from './lab.ts';

const onChanges: FaultKind['isTriedOn'] = ({ kind }) => kind === 'change';

/** The engine dies, or is restarted, before or after it was asked for something; the run goes on if it can. */
export function engineDeaths(power: EnginePower): readonly FaultKind[] {
  const deaths = [
    { name: 'engine killed', act: () => power.kill() },
    { name: 'engine restarted', act: () => power.stop() },
  ];
  return deaths.flatMap(({ name, act: first }) =>
    (['before', 'after'] as const).map(
      (when): FaultKind => ({
        name: `${name} ${when}`,
        isTriedOn: onChanges,
        restartsEngine: true,
        meet: () => ({ kind: 'reset', when, first }),
        meanwhile: () => power.untilBack(),
      }),
    ),
  );
}

/** The machine loses its power just after it has done something: refreshd, engine and containers are gone. */
export function powerCut(lab: Lab, power: EnginePower): FaultKind {
  const meanwhile = async () => {
    await power.untilBack();
    const running = (await lab.api('GET', '/containers/json')).body as { Names: string[] }[];
    const rivals = running.flatMap(({ Names }) => Names).filter(name => name.startsWith('/app'));
    expect(rivals.length, `what the engine alone started: ${rivals}`).toBeLessThanOrEqual(1);
  };
  return {
    name: 'power cut after',
    isTriedOn: onChanges,
    leads: 'to death',
    restartsEngine: true,
    meet: ({ kill }) => ({
      kind: 'reset',
      when: 'after',
      first: async () => {
        kill();
        await power.cut();
      },
    }),
    meanwhile,
  };
}
