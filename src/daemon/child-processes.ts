import { type ChildProcess, spawn } from 'node:child_process';

/** What the daemon has to know to wait: sent by the child that reads the settings. */
export interface Tick {
  /** When to start the next run, in milliseconds since 1970. */
  readonly runAt: number;
  /** The same as people read it. */
  readonly due: string;
  /** How long a run may take, in milliseconds. */
  readonly deadline: number;
  /** When the window closes in which it begins, in milliseconds since 1970; left out without a window. */
  readonly closesAt?: number;
}

/**
 * Why the next due time is asked for: the daemon starts, SIGHUP, the clock is not where it was to be expected, the
 * run that was due is through, or could not take place. At `stop` there is only a good-bye to be said.
 */
export type TickReason = 'start' | 'reload' | 'moved' | 'completed' | 'repeat' | 'stop';

/** The commands that the daemon starts, each in a process of its own that is gone afterwards. */
export interface ChildProcesses {
  /** Works out when the next run is due, and logs what there is to say. @returns its exit code if it failed */
  tick(reason: TickReason): Promise<Tick | number>;
  /** One command to its end, or until it is stopped. */
  start(command: readonly string[]): RunningChild;
}

export interface RunningChild {
  /** Its exit code; 128 and more where a signal ended it, as a shell counts. */
  readonly ended: Promise<number>;
  /** Asks it to leave; asked again it leaves at once. */
  stop(): void;
  kill(): void;
}

const KILLED = 137;
/** Saying good-bye takes a fraction of a second, and must not hold up a shutdown where it does not. Milliseconds. */
const PATIENCE_AT_STOP = 3000;

/**
 * @param program the command line interface's own file
 * @param options what the daemon was given and its children need too, as in `--home /srv/mcp`
 */
export function startChildren(program: string, options: readonly string[]): ChildProcesses {
  const launch = (args: readonly string[], ipc: boolean): ChildProcess =>
    spawn(process.execPath, [...process.execArgv, program, ...args, ...options], {
      stdio: ['ignore', 'inherit', 'inherit', ...(ipc ? (['ipc'] as const) : [])],
      // A group of its own: Ctrl-C reaches the daemon alone, which then asks the child to leave, once.
      detached: true,
    });
  return {
    tick: async reason => {
      const child = launch(['tick', reason], true);
      let tick: Tick | undefined;
      child.on('message', message => {
        tick = message as Tick;
      });
      const timer = reason === 'stop' ? setTimeout(() => child.kill('SIGKILL'), PATIENCE_AT_STOP) : undefined;
      const exit = await endOf(child);
      clearTimeout(timer);
      return exit === 0 && tick !== undefined ? tick : exit || 1;
    },
    start: command => {
      const child = launch(command, false);
      return {
        ended: endOf(child),
        stop: () => void child.kill('SIGTERM'),
        kill: () => void child.kill('SIGKILL'),
      };
    },
  };
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise(resolve => {
    child.on('error', () => resolve(1));
    child.on('exit', code => resolve(code ?? KILLED));
  });
}
