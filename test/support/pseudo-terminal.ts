import { spawn } from 'node:child_process';
import xterm from '@xterm/headless';
import { type Lab, MAIN } from './lab.ts';

/** What a person saw. */
export interface Shown {
  readonly code: number | null;
  /** All that was sent to the terminal. */
  readonly sent: string;
  /** What stands on it in the end, without the blanks at the ends. */
  readonly screen: readonly string[];
  /** Whether a line was longer than the terminal is wide. */
  readonly isBroken: boolean;
}

export interface TerminalOptions {
  readonly columns: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Keys that are pressed once the terminal was sent this. */
  readonly press?: { readonly after: string; readonly keys: string };
}

const ROWS = 200;

/** Runs the built command on a pseudo-terminal (script of util-linux), and shows what it sent on an emulated one. */
export async function onTerminal(
  lab: Lab,
  args: readonly string[],
  { columns, environment, press }: TerminalOptions,
): Promise<Shown> {
  const command = [process.execPath, MAIN, ...args, '--home', lab.home].map(each => `'${each}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols ${columns} rows ${ROWS}; exec ${command}`, '/dev/null'], {
    env: {
      PATH: process.env['PATH'],
      HOME: lab.home,
      TERM: 'xterm-256color',
      DOCKER_HOST: `unix://${lab.socket}`,
      ...environment,
    },
    stdio: [press === undefined ? 'ignore' : 'pipe', 'pipe', 'inherit'],
  });
  let sent = '';
  let isPressed = press === undefined;
  child.stdout?.setEncoding('utf8').on('data', chunk => {
    sent += chunk;
    if (isPressed || !sent.includes(press?.after ?? '')) return;
    isPressed = true;
    child.stdin?.write(press?.keys ?? '');
  });
  const code = await new Promise<number | null>(resolve => child.on('close', resolve));
  return { code, sent, ...(await screenOf(sent, columns)) };
}

async function screenOf(sent: string, columns: number): Promise<Pick<Shown, 'screen' | 'isBroken'>> {
  const terminal = new xterm.Terminal({ cols: columns, rows: ROWS, allowProposedApi: true });
  await new Promise<void>(resolve => terminal.write(sent, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_, at) => active.getLine(at));
  const texts = lines.map(line => line?.translateToString(true) ?? '');
  const end = texts.findLastIndex(text => text !== '') + 1;
  return { screen: texts.slice(0, end), isBroken: lines.some(line => line?.isWrapped) };
}
