import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeStill } from '../support/still-containers.ts';
import { type BenchHost, environmentOf, refreshdCommand } from './bench-host.ts';
import { type Figure, figuresOf, type Unit } from './figure.ts';
import { growTo, type References } from './grow.ts';
import { inTurn, numbersIn } from './in-turn.ts';
import { type Spent, spendOn } from './spent.ts';

const COUNTS = [1, 10, 100, 1000];
const HEAD_LOOP = fileURLToPath(new URL('head-loop.js', import.meta.url));
/** What people write who want to know: one question a line. */
const SKOPEO_LOOP = `while read -r image; do
  skopeo inspect --no-tags --tls-verify=false --format '{{.Digest}}' "docker://$image" || exit 1
done < "$0"`;
/** Of so many questions on, skopeo takes minutes. */
const MANY = 100;

/** What a check costs, and how often it asks the registry. */
interface Cost extends Spent {
  readonly requests: number;
}

/**
 * What `refreshd check` costs where there is nothing to do, which is what it does nearly every time; beside the same
 * questions asked in the barest way, and by what people script.
 */
export async function measureCheck(host: BenchHost): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const references of ['one', 'each'] as const) {
    for (const count of COUNTS.filter(each => each > 1 || references === 'one'))
      figures.push(...(await measureCount(host, count, references)));
    await removeStill(host.lab);
    await host.lab.clear();
  }
  return figures;
}

async function measureCount(
  host: BenchHost,
  count: number,
  references: References,
): Promise<readonly Figure[]> {
  const { lab } = host;
  const what = count === 1 ? '1 container' : `${count} containers, ${referenceWords(count, references)}`;
  host.tell(`${what}: being created`);
  const names = await growTo(lab, count, references);
  const list = join(lab.home, 'images');
  writeFileSync(list, names.map(name => `${name}\n`).join(''));
  const [program, ...before] = refreshdCommand(host);
  const costOf = (command: readonly string[]) => async (): Promise<Cost> => {
    lab.registry.forget();
    const spent = await spendOn(command, { env: environmentOf(host), folder: lab.home });
    return { ...spent, requests: lab.registry.requests.length };
  };
  const samples = await inTurn(host, what, {
    'bare HEADs': { once: costOf([process.execPath, HEAD_LOOP, list]) },
    refreshd: { once: costOf([program, ...before, 'check', '--home', lab.home]) },
    'skopeo in a loop': {
      once: costOf(['sh', '-c', SKOPEO_LOOP, list]),
      ...(names.length >= MANY && { most: names.length > MANY ? 1 : 3 }),
    },
  });
  const figures = (thing: string, unit: Unit, pick: (cost: Cost) => number) =>
    figuresOf(
      { measurement: 'check', what: `${what}: ${thing}`, unit },
      numbersIn(samples, pick),
      'bare HEADs',
    );
  return [
    ...figures('time', 's', ({ seconds }) => seconds),
    ...figures('processor', 's', ({ cpuSeconds }) => cpuSeconds),
    ...figures('most memory', 'MB', ({ peak }) => peak / 1e6),
    ...figures('asked of the registry', 'requests', ({ requests }) => requests),
  ];
}

function referenceWords(count: number, references: References): string {
  return references === 'one' ? '1 reference' : `${count} references`;
}
