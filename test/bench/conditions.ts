import { availableParallelism, cpus, release, totalmem } from 'node:os';
import type { Lab } from '../support/lab.ts';

/** On what it was measured, in one sentence. */
export async function conditionsOf({ api }: Lab): Promise<string> {
  const { body } = await api('GET', '/version');
  const [cpu] = cpus();
  const machine = `${availableParallelism()} cores (${cpu?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const day = new Date().toISOString().slice(0, 10);
  return `Measured on ${day}: Node ${process.version}, Docker ${body.Version}, Linux ${release()}, ${machine}.`;
}
