import fc from 'fast-check';
import { expect, it } from 'vitest';
import { carryOver } from '../../src/container/carry-over.ts';
import {
  type Config,
  configShape,
  type InspectedContainer,
  type MountPoint,
} from '../../src/container/inspected.ts';
import { createContainer } from '../support/engine-merge.ts';

const PATHS = ['/a', '/b', '/c/d', '/e', '/f'];
const imageWith = (volumes: readonly string[]): Config =>
  configShape.parse({ Cmd: ['run'], Volumes: Object.fromEntries(volumes.map(path => [path, {}])) });

/** One way of each to ask for a mount: as an entry of `Binds`, of `Mounts`, or of `Volumes`. */
const WAYS: Record<string, (path: string) => { bind?: string; mount?: object; volume?: string }> = {
  'named volume': path => ({ bind: `data:${path}` }),
  'volume to read': path => ({ bind: `data:${path}:ro` }),
  folder: path => ({ bind: `/srv:${path}` }),
  'volume without a name': path => ({ bind: path }),
  'mount of a volume': path => ({ mount: { Type: 'volume', Source: 'data', Target: path, ReadOnly: true } }),
  'mount of a volume without a name': path => ({ mount: { Type: 'volume', Target: path } }),
  'mount of a folder': path => ({ mount: { Type: 'bind', Source: '/srv', Target: path } }),
  memory: path => ({ mount: { Type: 'tmpfs', Target: path } }),
  volume: path => ({ volume: path }),
  nothing: () => ({}),
};

/** A request with one of the ways at each path. */
function requests(spelling: (path: string) => string, ways = WAYS): fc.Arbitrary<Record<string, unknown>> {
  const way = fc.constantFrom(...Object.values(ways));
  return fc.tuple(...PATHS.map(path => way.map(ask => ask(spelling(path))))).map(asked => ({
    Volumes: Object.fromEntries(asked.flatMap(({ volume }) => (volume ? [[volume, {}]] : []))),
    HostConfig: {
      Binds: asked.flatMap(({ bind }) => bind ?? []),
      Mounts: asked.flatMap(({ mount }) => mount ?? []),
    },
  }));
}

const images = fc.subarray(PATHS).map(imageWith);
// From a container with memory mounted this way the engine gives no volumes.
const { memory: _, ...LASTING } = WAYS;
const donors = requests(path => path, LASTING).map(request => createContainer(request, imageWith([])));

function update(container: InspectedContainer, from: Config, to: Config): InspectedContainer {
  const spec = carryOver(container, from, { hostname: 'engine', logDriver: 'json-file', apiVersion: '1.44' });
  return createContainer({ ...spec.config, HostConfig: spec.host }, to);
}

const place = ({ Type, Name, Source, RW }: MountPoint) => [
  Type,
  Name,
  Type === 'volume' ? undefined : Source,
  RW,
];

/** Where the data at each path lies, in the words of the engine. */
const dataOf = ({ Mounts }: InspectedContainer) =>
  Object.fromEntries(Mounts.map(point => [point.Destination, place(point)]));

function keepsItsData(spelling: (path: string) => string): void {
  const all = fc.tuple(requests(spelling), fc.option(donors), images, images, images);
  fc.assert(
    fc.property(all, ([request, donor, one, two, three]) => {
      const first = createContainer(request, one, donor ? [donor] : []);
      const second = update(first, one, two);
      const third = update(second, two, three);
      expect(dataOf(second)).toMatchObject(dataOf(first));
      expect(dataOf(third)).toMatchObject(dataOf(second));
    }),
    { numRuns: 500 },
  );
}

it('finds its data again, update after update, however it was mounted', () => {
  keepsItsData(path => path);
});

it('finds its data again where paths are written with a slash at the end', () => {
  keepsItsData(path => `${path}/`);
});
