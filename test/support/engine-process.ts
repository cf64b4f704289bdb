import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A Docker Engine of our own, in the network namespace that we are in. */
export interface EngineProcess {
  readonly socket: string;
  /** `unix://…`, as for DOCKER_HOST. */
  readonly dockerHost: string;
  readonly folder: string;
  /** Ends it as an init system would. */
  stop(): Promise<void>;
  /** Ends it without a word (SIGKILL); containers go on. */
  kill(): Promise<void>;
  /** Starts it again on what it left. */
  start(): Promise<void>;
}

export interface EngineOptions {
  /** Holds its data and its log. */
  readonly folder: string;
  /** Holds its sockets; kept apart because the path of a socket must be short. */
  readonly runFolder: string;
  /** The program and its first arguments; Debian's dockerd if left out. */
  readonly program?: readonly string[];
  readonly flags?: readonly string[];
  /** What its `daemon.json` says. */
  readonly config?: object;
  /** Whether it is started again when somebody ends it, as an init system would. */
  readonly revive?: boolean;
  /** The parent of its containers' control groups, so that they can be told from others. */
  readonly cgroupParent?: string;
  /** Its own arguments, where it is another engine than Docker's. */
  readonly argsFor?: (places: EnginePlaces) => readonly string[];
}

/** Where an engine keeps what it has. */
export interface EnginePlaces {
  readonly folder: string;
  readonly runFolder: string;
  readonly socket: string;
  readonly configFile: string;
  readonly cgroupParent: string;
}

function dockerArgs({
  folder,
  runFolder,
  socket,
  configFile,
  cgroupParent,
}: EnginePlaces): readonly string[] {
  return [
    ...['--host', `unix://${socket}`, '--data-root', join(folder, 'data')],
    ...['--exec-root', join(runFolder, 'exec'), '--config-file', configFile],
    ...['--pidfile', join(runFolder, 'docker.pid'), '--cgroup-parent', cgroupParent],
  ];
}

export async function startEngine({
  folder,
  runFolder,
  program = ['dockerd'],
  flags = [],
  config = {},
  revive = false,
  cgroupParent = process.env['SANDBOX_CGROUP'] ?? '/refreshd-sandbox',
  argsFor = dockerArgs,
}: EngineOptions): Promise<EngineProcess> {
  mkdirSync(folder, { recursive: true });
  mkdirSync(runFolder, { recursive: true });
  const socket = join(runFolder, 'docker.sock');
  const logFile = join(folder, 'dockerd.log');
  const configFile = join(folder, 'daemon.json');
  writeFileSync(configFile, JSON.stringify(config));
  let child: ChildProcess | undefined;

  const start = async () => {
    rmSync(join(runFolder, 'docker.pid'), { force: true });
    const log = openSync(logFile, 'a');
    const [command = 'dockerd', ...before] = program;
    const places = { folder, runFolder, socket, configFile, cgroupParent };
    const args = [...before, ...argsFor(places), ...flags];
    const started = spawn(command, args, { stdio: ['ignore', log, log] });
    child = started;
    closeSync(log);
    started.once('exit', () => {
      // One that does not come up again shows in every test that follows.
      if (revive && child === started) start().catch(() => undefined);
    });
    await untilReady(socket, started, logFile);
  };
  const end = async (signal: NodeJS.Signals) => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = new Promise(resolve => ending.once('exit', resolve));
    ending.kill(signal);
    await ended;
  };
  await start();
  return {
    socket,
    dockerHost: `unix://${socket}`,
    folder,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

async function untilReady(socket: string, child: ChildProcess, logFile: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null) break;
    if (existsSync(socket) && (await answers(socket))) return;
    await sleep(100);
  }
  const log = existsSync(logFile) ? readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n') : '';
  throw new Error(`the Docker engine did not start:\n${log}`);
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise(resolve => {
    const ping = request({ socketPath, path: '/_ping', timeout: 2000 }, response => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.end();
  });
}
