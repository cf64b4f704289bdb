import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';
import { cleanText } from '../base/clean-text.ts';
import type { SshServer } from './docker-host.ts';
import { EngineError } from './engine-error.ts';

/** Seconds until the ssh server must have answered. */
const PATIENCE = 30;
/** Enough for why somebody is not let in; ssh warns at length of a key that has changed. */
const LONGEST_COMPLAINT = 2000;

/**
 * Connections to an engine on another machine, each of them one `ssh HOST docker system dial-stdio`, which is how the
 * docker command does it. It is the real ssh, so that keys, known hosts and `~/.ssh/config` mean what they mean
 * everywhere; it asks nobody, because mostly nobody is there.
 */
export class AgentOverSsh extends Agent {
  readonly #server: SshServer;

  constructor(server: SshServer) {
    super({ keepAlive: false });
    this.#server = server;
  }

  override createConnection(): Duplex {
    return new Connection(this.#server);
  }
}

/** One ssh. What it says as it ends explains more than the pipe that breaks before, so that is waited for. */
class Connection extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(server: SshServer) {
    super();
    const child = spawn('ssh', sshArguments(server), { stdio: 'pipe' });
    this.#child = child;
    let complaint = '';
    let isAnswered = false;
    child.stdout.on('data', chunk => {
      isAnswered = true;
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stderr.on('data', chunk => {
      complaint = `${complaint}${chunk}`.slice(-LONGEST_COMPLAINT);
    });
    child.stdin.on('error', () => undefined);
    child.once('error', cause =>
      this.destroy(brokenOff(server, 'the program ssh cannot be started', { isAnswered, cause })),
    );
    child.once('close', status => {
      if (status === 0) this.push(null);
      else this.destroy(brokenOff(server, lastLine(complaint) || `it ended with ${status}`, { isAnswered }));
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: () => void): void {
    this.#child.stdin.write(chunk, encoding, () => done());
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }
}

function sshArguments({ hostname, user, port, socketPath }: SshServer): readonly string[] {
  return [
    ...['-T', '-o', 'BatchMode=yes', '-o', `ConnectTimeout=${PATIENCE}`],
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...['--', hostname, 'docker'],
    ...(socketPath === undefined ? [] : ['--host', `unix://${socketPath}`]),
    ...['system', 'dial-stdio'],
  ];
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return cleanText(line.replace(/^ssh: /, ''), 200).replace(/[.\s]+$/, '');
}

function brokenOff(
  { hostname, port }: SshServer,
  words: string,
  { isAnswered, cause }: { isAnswered: boolean; cause?: Error },
): EngineError {
  return new EngineError(
    isAnswered ? 'unknown' : 'unreachable',
    `The Docker engine at ssh://${hostname} ${isAnswered ? 'is gone' : 'cannot be reached'}: ${words}.`,
    {
      hint: `Try it as the user that refreshd runs as: ssh -o BatchMode=yes ${port === undefined ? '' : `-p ${port} `}${hostname} docker version`,
      cause,
      retryable: true,
    },
  );
}
