import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './lab.ts';

const PORT = 2222;
/** What its own settings call it. */
export const ALIAS = 'the-nas';
/** What ssh calls a server that listens elsewhere than usual. */
const NAME = `[127.0.0.1]:${PORT}`;

/** A real ssh server on loopback, into which root can log in with a key; the sandbox's root has a home of its own for it. */
export interface SshServer {
  readonly port: number;
  /** Whether the server is one that root's ssh knows, by the right key, or by another's. */
  know(how: 'right' | 'wrong' | 'not'): void;
  letIn(isAllowed: boolean): void;
  /** How often somebody was let in. */
  logins(): number;
  /** Ends the connections there are, and listens on. */
  breakOff(): void;
  /** The processes of ssh that go on, ours or its. */
  left(): number;
  close(): Promise<void>;
}

export async function startSshServer(): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'refreshd-ssh-'));
  const own = join(folder, '.ssh');
  mkdirSync(own, { mode: 0o700 });
  const keyOf = (name: string) => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(own, name)]);
    return readFileSync(join(own, `${name}.pub`), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ');
  };
  const hostKey = join(folder, 'host-key');
  execFileSync('dropbearkey', ['-t', 'ed25519', '-f', hostKey], { stdio: 'ignore' });
  const shown = execFileSync('dropbearkey', ['-y', '-f', hostKey], { encoding: 'utf8' });
  const keys = { right: /^ssh-ed25519 \S+/m.exec(shown)?.[0], wrong: keyOf('another'), not: undefined };
  const client = keyOf('id_ed25519');

  writeFileSync(join(own, 'config'), `Host ${ALIAS}\n  HostName 127.0.0.1\n  Port ${PORT}\n  User root\n`, {
    mode: 0o600,
  });

  // Client and server both look where the user database says, whatever HOME is. Nothing of it outlives the sandbox.
  const users = join(folder, 'passwd');
  copyFileSync('/etc/passwd', users);
  writeFileSync(users, readFileSync(users, 'utf8').replace(/^(root:.*:)\/root(:.*)$/m, `$1${folder}$2`));
  chmodSync(users, 0o644);
  execFileSync('mount', ['--bind', users, '/etc/passwd']);

  const child = spawn('dropbear', [
    '-F',
    '-E',
    '-p',
    `127.0.0.1:${PORT}`,
    '-r',
    hostKey,
    '-P',
    join(folder, 'pid'),
  ]);
  let said = '';
  child.stderr.on('data', chunk => {
    said += chunk;
  });
  await until('dropbear listens', () => /Not backgrounding/.test(said));
  return {
    port: PORT,
    know: how => {
      const key = keys[how];
      writeFileSync(join(own, 'known_hosts'), key === undefined ? '' : `${NAME} ${key}\n`);
    },
    letIn: isAllowed =>
      writeFileSync(join(own, 'authorized_keys'), isAllowed ? `${client}\n` : '', { mode: 0o600 }),
    left: () => readdirSync('/proc').filter(isSsh).length,
    logins: () => said.match(/auth succeeded/g)?.length ?? 0,
    breakOff: () => {
      for (const id of childrenOf(child)) process.kill(id, 'SIGKILL');
    },
    close: async () => {
      const ended = new Promise(resolve => child.once('close', resolve));
      child.kill();
      await ended;
      execFileSync('umount', ['/etc/passwd']);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function childrenOf({ pid }: ChildProcess): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

/** Whether a process is ssh, or what it started on the other side. @param id its name in /proc */
function isSsh(id: string): boolean {
  try {
    return /^(ssh|docker)\n$/.test(readFileSync(`/proc/${id}/comm`, 'utf8'));
  } catch {
    // No process, or one that has ended meanwhile.
    return false;
  }
}
