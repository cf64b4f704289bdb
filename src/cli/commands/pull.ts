import { shortDigest } from '../../image/digest.ts';
import { type PulledImage, pullStack } from '../../run/pull-stack.ts';
import { ComposeError } from '../compose-error.ts';
import { EXIT } from '../exit-codes.ts';
import { openStack } from '../open-stack.ts';
import type { Output } from '../output.ts';
import { type GlobalOptions, work } from '../session.ts';
import type { StackService } from '../stack-services.ts';

/** An image of a stack, and what came of it. */
type Row = Omit<PulledImage, 'outcome'> & {
  /** `compose`: no rule speaks of it, so that compose pulled it as it does. */
  readonly outcome: PulledImage['outcome'] | 'compose';
};

/** `refreshd pull [SERVICE…]`. @returns the exit code */
export async function pull(names: readonly string[], options: GlobalOptions): Promise<number> {
  const { compose, ...session } = await openStack(options);
  const services = chooseServices(await compose.services(), names);
  const wanted = services.map(({ name: service, ...rest }) => ({ service, ...rest }));
  const { rows, exit } = await work(session, { doing: 'pull', scheduled: false }, async tools => {
    const { pulled, unjudged } = await pullStack(tools, wanted);
    if (tools.interrupted.aborted) return { rows: pulled, exit: EXIT.interrupted };
    const others = unjudged.map(
      ({ service, image }): Row => ({
        service,
        image,
        outcome: 'compose',
        digest: undefined,
        reason: undefined,
      }),
    );
    const none = others.length === 0;
    const end = none ? EXIT.fine : await compose.run('pull', '--', ...others.map(({ service }) => service));
    return { rows: [...pulled, ...others].toSorted(byService), exit: end };
  });
  const { home, output } = session;
  output.value({ schema: 'refreshd.pull/1', home: home.path, services: rows });
  printRows(output, rows);
  if (exit !== EXIT.fine) return exit;
  return rows.some(({ outcome }) => outcome === 'failed') ? EXIT.failed : EXIT.fine;
}

function byService(a: Row, b: Row): number {
  return a.service < b.service ? -1 : 1;
}

/** @throws ComposeError for a name that the stack does not have */
function chooseServices(
  services: readonly StackService[],
  names: readonly string[],
): readonly StackService[] {
  if (names.length === 0) return services;
  const known = services.map(({ name }) => name);
  const unknown = names.filter(name => !known.includes(name));
  if (unknown.length === 0) return services.filter(({ name }) => names.includes(name));
  throw new ComposeError('no-service', `The stack has no service ${unknown.join(' or ')}.`, {
    hint: `Its services are: ${known.join(', ') || 'none'}.`,
  });
}

const COLORS = {
  pulled: 'green',
  compose: 'green',
  current: 'green',
  left: 'yellow',
  failed: 'red',
} as const;
const WORDS = { pulled: 'pulled', compose: 'pulled', current: 'current', left: 'left', failed: 'failed' };

function printRows(output: Output, rows: readonly Row[]): void {
  if (rows.length === 0) output.line('The stack has no service.');
  output.table(
    ['SERVICE', 'OUTCOME', 'IMAGE', 'WHY'],
    rows.map(({ service, outcome, image = '', digest, reason = '' }) => [
      service,
      output.style(COLORS[outcome], WORDS[outcome]),
      digest === undefined ? image : `${image} ${shortDigest(digest)}`,
      outcome === 'compose' ? 'by compose: no container is made from it yet' : reason,
    ]),
  );
}
