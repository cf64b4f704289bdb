import type { Answer } from './bad-answers/bad-answer.ts';
import { type CrookedRegistry, openCrookedRegistries } from './crooked-registry.ts';
import { buildService } from './service-image.ts';

/** How the four differ; in the order of their letters, which is that of names that begin with them. */
export const KINDS = ['a-slow', 'b-busy', 'c-down', 'd-quick'] as const;
export type Kind = (typeof KINDS)[number];

/**
 * Four registries that are all well at first, and then are not:
 * - the quick one stays as it is
 * - the slow one answers nobody until the quick one was asked for all that it has: whoever makes the quick one wait for
 *   the slow one waits in vain
 * - the busy one wants to be left alone for a day (429)
 * - nobody listens at the one that is down
 */
export interface UnequalRegistries {
  /** Host and port. */
  hostOf(kind: Kind): string;
  /** From now on they are as they are called. @param repositories how many the quick one has */
  turn(repositories: number): Promise<void>;
  /** Requests since then for repositories whose name begins so. */
  requests(beginning: string): number;
  /** The most connections since then that were open at a time to one of them. Asked for once. */
  mostConnections(kind: Kind): number;
  close(): Promise<void>;
}

export async function openUnequalRegistries(): Promise<UnequalRegistries> {
  const registries = await openCrookedRegistries();
  const { good } = registries;
  const asked = new Set<string>();
  let askedForAll: () => void = () => undefined;
  const all = new Promise<void>(resolve => {
    askedForAll = resolve;
  });
  let repositories = 0;
  const quick: Answer = ({ url = '' }) => {
    asked.add(url);
    if (asked.size === repositories) askedForAll();
    return false;
  };
  const slow: Answer = async () => {
    await all;
    return false;
  };
  const busy: Answer = (_, response) => response.writeHead(429, { 'retry-after': '86400' }).end();
  const doors: Readonly<Record<Kind, CrookedRegistry>> = {
    'a-slow': await registries.open({ http: slow }),
    'b-busy': await registries.open({ http: busy }),
    'c-down': await registries.open({ gone: true }),
    'd-quick': await registries.open({ http: quick }),
  };
  return {
    hostOf: kind => doors[kind].host,
    turn: async count => {
      repositories = count;
      registries.turnCrooked(await buildService({ version: 'nobody asks for it' }));
      good.forget();
      for (const door of Object.values(doors)) door.most();
    },
    requests: beginning => good.requests.filter(({ path }) => path.startsWith(`/v2/${beginning}`)).length,
    mostConnections: kind => doors[kind].most(),
    close: registries.close,
  };
}
