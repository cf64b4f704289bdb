import { createInterface } from 'node:readline/promises';

/** Asks a person at a terminal. @returns whether the answer is yes; nothing typed is one */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^(y|yes)?$/i.test((await terminal.question(`${question} [Y/n] `)).trim());
  } finally {
    terminal.close();
  }
}
