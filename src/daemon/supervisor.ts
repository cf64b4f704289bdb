import { spawn } from 'node:child_process';

/** Whoever started the daemon, and wants to know how it gets on. */
export interface Supervisor {
  /** It has started, its settings are in order, and this is what it does first. */
  ready(words: string): void;
  /** It still gets on. To be said at least every minute. */
  alive(): void;
  /** It was told to leave, and does so as soon as that is safe. */
  stopping(): void;
  /** What it is doing, for whoever asks the supervisor. */
  status(words: string): void;
}

/** Nobody, as where a person starts the daemon in a terminal, and under launchd. */
const NOBODY: Supervisor = {
  ready: () => undefined,
  alive: () => undefined,
  stopping: () => undefined,
  status: () => undefined,
};

/** How long one "still getting on" buys while leaving takes longer than expected, in microseconds. */
const EXTENSION = 120_000_000;
/** A systemd that does not listen must not make our children pile up; milliseconds. */
const PATIENCE = 10_000;

/** The environment that says where to report to. */
export interface SupervisorEnvironment {
  /** Where systemd listens (sd_notify(3)); undefined under anything else. */
  readonly NOTIFY_SOCKET: string | undefined;
  readonly PATH: string | undefined;
}

/**
 * Reports to systemd what sd_notify(3) defines. Node cannot write to such a socket, so systemd's own command does:
 * one small process each time, one after the other. It waits until it was heard, so that systemd still knows whose
 * child it was.
 */
export function openSupervisor(environment: SupervisorEnvironment): Supervisor {
  if (!environment.NOTIFY_SOCKET) return NOBODY;
  let heard: Promise<void> = Promise.resolve();
  let isLeaving = false;
  const tell = (...variables: readonly string[]) => {
    heard = heard.then(() => notify(variables, environment));
  };
  return {
    ready: words => tell('READY=1', `STATUS=${words}`),
    alive: () => tell('WATCHDOG=1', ...(isLeaving ? [`EXTEND_TIMEOUT_USEC=${EXTENSION}`] : [])),
    stopping: () => {
      isLeaving = true;
      tell('STOPPING=1', `EXTEND_TIMEOUT_USEC=${EXTENSION}`);
    },
    status: words => tell(`STATUS=${words}`),
  };
}

function notify(variables: readonly string[], environment: SupervisorEnvironment): Promise<void> {
  return new Promise(resolve => {
    const child = spawn('systemd-notify', variables, {
      env: { ...environment },
      stdio: 'ignore',
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
    });
    // Where it is missing systemd itself notices, and says so.
    child.on('error', () => resolve());
    child.on('exit', () => resolve());
  });
}
