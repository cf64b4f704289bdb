import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { isIPv6 } from 'node:net';
import { Duplex } from 'node:stream';
import { cleanText } from '../base/clean-text.ts';
import type { SshServer } from './docker-host.ts';
import { EngineError } from './engine-error.ts';

/** Seconds until the ssh server must have answered, and between looks whether it is still there. */
const PATIENCE = 10;
const OPTIONS = ['BatchMode=yes', `ConnectTimeout=${PATIENCE}`, `ServerAliveInterval=${PATIENCE}`];
/** Servers turn away at random who knocks more than ten times at once (sshd_config(5), MaxStartups). */
const AT_A_TIME = 6;
/** Enough for why somebody is not let in; ssh warns at length of a key that has changed. */
const LONGEST_COMPLAINT = 2000;

/**
 * Connections to an engine on another machine, each of them one `ssh HOST docker system dial-stdio`, which is how the
 * docker command does it. It is the real ssh, so that keys, known hosts and `~/.ssh/config` mean what they mean
 * everywhere; it asks nobody, because mostly nobody is there.
 */
export class AgentOverSsh extends Agent {
  readonly #server: SshServer;

  constructor(server: SshServer, keepAlive: boolean) {
    super({ keepAlive, maxTotalSockets: AT_A_TIME });
    this.#server = server;
  }

  override createConnection(): Duplex {
    return new Connection(this.#server);
  }

  /** Called as nothing more is asked over it for now. */
  override keepSocketAlive(connection: Duplex): boolean {
    (connection as Connection).rest();
    return true;
  }
}

/** The host that ssh really goes to, as it stands in an address: the user's name for it may be one of `~/.ssh/config` alone. */
export async function realHost(server: SshServer): Promise<string> {
  const { hostname } = server;
  return new Promise(resolve => {
    execFile('ssh', ['-G', ...loginOf(server), '--', hostname], (error, output) => {
      const found = /^hostname (\S+)$/m.exec(output)?.[1];
      const real = error === null && found !== undefined ? found : hostname;
      resolve(isIPv6(real) ? `[${real}]` : real);
    });
  });
}

/** One ssh. What it says as it ends explains more than the pipe that breaks before, so that is waited for. */
class Connection extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #server: SshServer;
  #complaint = '';
  #isAnswered = false;
  #isResting = false;

  constructor(server: SshServer) {
    super();
    this.#server = server;
    // In a group of its own, so that Ctrl-C ends what we do and not what we do it by.
    const child = spawn('ssh', sshArguments(server), { stdio: 'pipe', detached: true });
    this.#child = child;
    child.once('error', error =>
      this.destroy(this.#broken(`the program ssh cannot be started (${error.message})`)),
    );
    // Where there are too many open files, nothing but the error comes of it.
    if (child.stdout !== undefined) this.#join(child);
  }

  #join(child: ChildProcessWithoutNullStreams): void {
    child.stdout.on('data', chunk => {
      this.#isAnswered = true;
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stderr.on('data', chunk => {
      this.#complaint = `${this.#complaint}${chunk}`.slice(-LONGEST_COMPLAINT);
    });
    child.stdin.on('error', () => undefined);
    child.once('close', (status, signal) => {
      // An end that nobody hears would leave it in use, with nobody at the other end.
      if (status === 0 && this.#isResting) this.destroy();
      else if (status === 0) this.push(null);
      else this.destroy(this.#broken(lastLine(this.#complaint) || `ssh ended with ${status ?? signal}`));
    });
  }

  override _read(): void {
    this.#child.stdout?.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: () => void): void {
    if (this.#child.stdin === undefined) done();
    else this.#child.stdin.write(chunk, encoding, () => done());
  }

  override _final(done: () => void): void {
    if (this.#child.stdin === undefined) done();
    else this.#child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }

  /** Nobody listens to it for now. */
  rest(): void {
    this.#isResting = true;
  }

  /** Node's agent calls this as it uses a connection again. */
  ref(): void {
    this.#isResting = false;
  }

  /** As a socket does: once an answer is whole, Node waits for nothing more from the other side. */
  destroySoon(): void {
    this.end(() => this.destroy());
  }

  #broken(words: string): EngineError {
    const { hostname, user, port, socketPath } = this.#server;
    const login = `${user === undefined ? '' : '-l USER '}${port === undefined ? '' : `-p ${port} `}`;
    const socket = socketPath === undefined ? '' : ` --host unix://${socketPath}`;
    return new EngineError(
      this.#isAnswered ? 'unknown' : 'unreachable',
      `The Docker engine at ssh://${hostname} ${this.#isAnswered ? 'is gone' : 'cannot be reached'}: ${words}.`,
      {
        hint: `Try it as the user that refreshd runs as: ssh -o BatchMode=yes ${login}${hostname} docker${socket} version`,
        retryable: true,
      },
    );
  }
}

function sshArguments(server: SshServer): readonly string[] {
  const { hostname, socketPath } = server;
  return [
    '-T',
    ...OPTIONS.flatMap(option => ['-o', option]),
    ...loginOf(server),
    ...['--', hostname, 'docker'],
    ...(socketPath === undefined ? [] : ['--host', `unix://${socketPath}`]),
    ...['system', 'dial-stdio'],
  ];
}

function loginOf({ user, port }: SshServer): readonly string[] {
  return [...(user === undefined ? [] : ['-l', user]), ...(port === undefined ? [] : ['-p', String(port)])];
}

/** Without the user's name, which ssh puts before what a server says to it. */
function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return cleanText(line.replace(/^ssh: /, '').replace(/^\S+@(?=\S+: )/, ''), 200).replace(/[.\s]+$/, '');
}
