import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { FaultKind } from './fault-kinds.ts';

/** The text of a journal file after something befell it; undefined if it is gone. */
type Damage = (text: string) => string | undefined;

const cutTo =
  (share: number): Damage =>
  text =>
    text.slice(0, Math.floor(text.length * share));
const changed = (
  change: (file: { v: number; sum: string; entry: Record<string, unknown> }) => object,
): Damage => {
  return text => `${JSON.stringify(change(JSON.parse(text)))}\n`;
};

const UNREADABLE: Readonly<Record<string, Damage>> = {
  'cut after a byte': text => text.slice(0, 1),
  'cut to a tenth': cutTo(0.1),
  'cut in half': cutTo(0.5),
  'cut before its end': text => text.slice(0, -2),
  empty: () => '',
  zeroed: text => '\0'.repeat(text.length),
  garbled: text => text.replace('"phase":"', '"phase":"x'),
  'another phase': text =>
    text.replace(
      /"phase":"(\w+)"/,
      (_, phase) => `"phase":"${phase === 'committed' ? 'switching' : 'committed'}"`,
    ),
  'of a newer version': changed(file => ({ ...file, v: 2, more: true })),
  'another kind of file': () => '<!doctype html><title>Sign in</title>',
};

/** Runs that are killed, and whose journal is damaged before anybody recovers. */
export const JOURNAL_DAMAGES: readonly FaultKind[] = [
  ...Object.entries(UNREADABLE).map(([name, damage]) => damagedBy(`journal ${name}`, damage, checkPutAside)),
  damagedBy(
    'journal deleted',
    () => undefined,
    () => undefined,
  ),
  { ...damagedBy('garbage beside the journal', text => text, checkGarbage), meanwhile: addGarbage },
];

function damagedBy(name: string, damage: Damage, check: NonNullable<FaultKind['check']>): FaultKind {
  return {
    name,
    isTriedOn: ({ kind }) => kind === 'change',
    leads: 'to death',
    imageMayStay: true,
    meet: ({ kill }) => ({ kind: 'tell', when: 'after', tell: kill }),
    meanwhile: home => {
      const path = join(folderOf(home), fileOf(home));
      const damaged = damage(readFileSync(path, 'utf8'));
      if (damaged === undefined) rmSync(path);
      else writeFileSync(path, damaged);
    },
    check,
  };
}

/** What could not be understood is kept, and said in one sentence. */
function checkPutAside(home: string, lines: readonly string[]): void {
  const aside = readdirSync(folderOf(home));
  expect(aside).toEqual([expect.stringMatching(/^[0-9a-f]{10}\.json\.bad$/)]);
  const said = lines.filter(line => line.includes('could not be understood'));
  expect(said).toEqual([
    expect.stringMatching(
      /^error A journal file could not be understood and was put aside as \S+\.json\.bad: [^.]+\. What it was about is looked up on the engine\.$/,
    ),
  ]);
  for (const name of aside) rmSync(join(folderOf(home), name));
}

const GARBAGE = ['core', 'lost+found.txt', 'a.json.0123456789ab.tmp', 'b.json.bad'];

function addGarbage(home: string): void {
  for (const name of GARBAGE) writeFileSync(join(folderOf(home), name), '\xff\0{');
  writeFileSync(join(folderOf(home), 'zzz.json'), Buffer.from([0xff, 0xfe, 0, 0x7b]));
}

/** Nothing of it keeps anybody from what the journal says; what is nobody's stays. */
function checkGarbage(home: string, lines: readonly string[]): void {
  const left = readdirSync(folderOf(home)).sort();
  expect(left).toEqual(['b.json.bad', 'core', 'lost+found.txt', 'zzz.json.bad']);
  expect(lines.filter(line => line.startsWith('error'))).toEqual([expect.stringContaining('zzz.json.bad')]);
  for (const name of left) rmSync(join(folderOf(home), name));
}

function folderOf(home: string): string {
  return join(home, 'state/rollouts');
}

function fileOf(home: string): string {
  const [name, ...more] = readdirSync(folderOf(home)).filter(each => each.endsWith('.json'));
  expect([name, more], 'one rollout is open').toEqual([expect.any(String), []]);
  return name ?? '';
}
