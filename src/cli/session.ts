import { join } from 'node:path';
import { Failure, sentenceOf } from '../base/failure.ts';
import { SILENCE } from '../base/log.ts';
import type { Lock } from '../base/run-lock.ts';
import { listenForSignals } from '../daemon/signals.ts';
import { UNWATCHED } from '../rollout/tools.ts';
import type { RunTools } from '../run/run-tools.ts';
import { actAsOwner } from './act-as-owner.ts';
import { EXIT } from './exit-codes.ts';
import { findHome, type Home } from './home.ts';
import { knownSecrets } from './known-secrets.ts';
import { LockError, lock } from './locks.ts';
import { type Output, openOutput } from './output.ts';
import { readSettings, type Settings } from './settings.ts';
import { openStateFolder } from './state-folder.ts';
import { markTold } from './told.ts';

/** The options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly home?: string;
  readonly color: boolean;
}

/** Where, how, and to whom. */
export interface Session {
  readonly home: Home;
  readonly settings: Settings;
  readonly output: Output;
}

/** What every command that works with a home's state begins with. */
export async function openSession(options: GlobalOptions): Promise<Session> {
  await actAsOwner(homeOf(options).path);
  return readSession(options);
}

/** The same for a command that leaves the state alone. */
export async function readSession(options: GlobalOptions): Promise<Session> {
  const home = homeOf(options);
  return { home, settings: await readSettings(home.path, process.env), output: openCommandOutput(options) };
}

export function openCommandOutput({ json = false, color }: GlobalOptions): Output {
  return openOutput({ json, color, noColor: process.env['NO_COLOR'] });
}

/** @throws HomeError */
export function homeOf(options: GlobalOptions): Home {
  return findHome(options.home ?? process.env['REFRESHD_HOME']);
}

/** How a command works on containers. */
export interface WorkOptions {
  readonly doing: string;
  /** Started by the daemon: lines go to standard output for journald, and a lock is waited for. */
  readonly scheduled: boolean;
}

const PATIENCE_WHEN_SCHEDULED = 10 * 60_000;

/**
 * Does work that changes something: with the log open, the locks held, and signals heeded. What that takes is loaded
 * here and before anything else, because commands that only look or wait do without most of it.
 */
export async function work<T>(
  session: Session,
  { doing, scheduled }: WorkOptions,
  task: (tools: RunTools) => Promise<T>,
): Promise<T> {
  const { home, settings, output } = session;
  const { openLog } = await import('./logging.ts');
  const { openTools } = await import('./open-tools.ts');
  const { log, close: closeLog } = await openLog({
    folder: join(home.path, 'logs'),
    settings,
    echo: scheduled,
  });
  const signals = listenForSignals();
  // The journal makes it safe to leave on the spot: the next run brings to an end what this one was doing.
  signals.force.addEventListener('abort', () => process.exit(EXIT.interrupted));
  const patience = scheduled ? PATIENCE_WHEN_SCHEDULED : 0;
  const locks: Lock[] = [];
  const take = async (name: string) => {
    locks.push(
      await lock(name, { folder: await openStateFolder(home), doing, patience, interrupted: signals.stop }),
    );
  };
  const watcher = output.isTerminal && !scheduled ? await watchOnTerminal(output) : undefined;
  let close: (() => Promise<void>) | undefined;
  try {
    await take(`home ${home.path}`);
    const opened = await openTools({
      home,
      settings,
      environment: process.env,
      log,
      watcher: watcher ?? UNWATCHED,
      interrupted: signals.stop,
    });
    close = opened.close;
    await take(`engine ${opened.tools.identity.id}`);
    return await task(opened.tools);
  } catch (error) {
    if (error instanceof Failure && !(error instanceof LockError))
      log.error(knownSecrets.redact(sentenceOf(error)));
    if (scheduled && error instanceof Failure) markTold(error);
    throw error;
  } finally {
    watcher?.done();
    await close?.();
    for (const each of locks.reverse()) await each.release();
    await closeLog();
  }
}

async function watchOnTerminal(output: Output) {
  const watcher = await import('./terminal-watcher.ts');
  return watcher.watchOnTerminal(output);
}

/** Looks without changing anything, and so without log and locks. */
export async function look<T>(
  { home, settings }: Session,
  task: (tools: RunTools) => Promise<T>,
): Promise<T> {
  const { stop } = listenForSignals();
  stop.addEventListener('abort', () => process.exit(EXIT.interrupted));
  const { openTools } = await import('./open-tools.ts');
  const { tools, close } = await openTools({
    home,
    settings,
    environment: process.env,
    log: SILENCE,
    watcher: UNWATCHED,
    interrupted: stop,
  });
  try {
    return await task(tools);
  } finally {
    await close();
  }
}
