import { proveStack, type Standing } from '../../run/prove-stack.ts';
import type { RunTools } from '../../run/run-tools.ts';
import { ComposeError } from '../compose-error.ts';
import { EXIT } from '../exit-codes.ts';
import { openStack } from '../open-stack.ts';
import type { Output } from '../output.ts';
import { watchInLines } from '../plain-watcher.ts';
import { type GlobalOptions, work } from '../session.ts';
import { lookAtStackSecrets } from '../stack-secrets.ts';

/** `refreshd up`: starts the stack, and waits until it is proven. @returns the exit code @throws ComposeError */
export async function up(options: GlobalOptions): Promise<number> {
  const { compose, ...session } = await openStack(options);
  const { home, output } = session;
  const { state, says, remedy } = await lookAtStackSecrets(home.path, process.env);
  if (state === 'bad')
    throw new ComposeError('unsafe', `The stack is not started: ${says}.`, { hint: remedy });
  const services = (await compose.services()).map(({ name }) => name);
  return work(session, { doing: 'up', scheduled: false }, async tools => {
    const exit = await compose.run('up', '-d');
    if (exit !== EXIT.fine || tools.interrupted.aborted) return exit || EXIT.interrupted;
    const watcher = output.isTerminal ? tools.watcher : watchInLines(output);
    const proof = proveStack({ ...tools, watcher }, services);
    const standings = await Promise.race([proof, whenAborted(tools.interrupted)]);
    if (standings === undefined) return EXIT.interrupted;
    output.value({ schema: 'refreshd.up/1', home: home.path, containers: standings });
    tell(output, services, standings, tools);
    return EXIT.fine;
  });
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** What is well first, as it is what is looked for. @throws ComposeError that says what is wrong, where something is */
function tell(
  output: Output,
  services: readonly string[],
  standings: readonly Standing[],
  { log }: RunTools,
): void {
  for (const each of standings.filter(({ outcome }) => outcome !== 'failed')) {
    const words = wordsFor(each);
    output.line(output.style('green', words));
    log.info(words);
  }
  const failed = standings.filter(({ outcome }) => outcome === 'failed');
  if (failed.length > 0) {
    const [{ service } = { service: '' }] = failed;
    const what = failed.map(({ name, reason }) => `${name} is not proven: ${reason}`).join('; ');
    throw new ComposeError('not-proven', `${what}.`, {
      hint: `It stays as compose left it; refreshd logs ${service} shows what it says.`,
    });
  }
  if (standings.length > 0 || services.length === 0) return;
  throw new ComposeError('not-proven', 'No container of this stack is on the engine that refreshd uses.', {
    hint: 'If docker uses another one by its context, name that with DOCKER_HOST.',
  });
}

function wordsFor({ name, outcome, signs, addresses }: Standing): string {
  if (outcome === 'ended') return `${name} has ended, with exit code 0.`;
  const how = signs.length > 0 ? 'is healthy' : 'runs';
  const where = addresses.length > 0 ? ` and listens on ${addresses.join(', ')}` : '';
  return `${name} ${how}${where}${signs.length > 0 ? ` (${signs.join(', ')})` : ''}.`;
}
