import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve('src');

/** The storeys, from the ground up: a file imports from lower ones, or from its own folder. */
const STOREYS = [
  ['base'],
  ['image'],
  ['container'],
  ['plan'],
  ['engine', 'registry', 'journal', 'signature'],
  ['rollout'],
  ['run'],
  ['daemon', 'service'],
  ['cli'],
];

/** Each foreign package belongs to one file, or to one folder. */
const OWNERS: Readonly<Record<string, string>> = {
  '@sigstore/bundle': 'signature/verify-candidate.ts',
  '@sigstore/protobuf-specs': 'signature/trusted-root.ts',
  '@sigstore/tuf': 'signature/trusted-root.ts',
  '@sigstore/verify': 'signature/',
  bytes: 'cli/byte-size.ts',
  'cli-progress': 'cli/terminal-watcher.ts',
  'cli-table3': 'cli/draw-table.ts',
  commander: 'cli/program/',
  dockerode: 'engine/dial.ts',
  dotenv: 'cli/env-file.ts',
  leven: 'base/nearest.ts',
  ms: 'base/duration.ts',
  'node-cron': 'daemon/schedule.ts',
  'p-limit': 'run/',
  pino: 'cli/logging.ts',
  'pino-roll': 'cli/rolling-file.ts',
  plist: 'service/launchd-job.ts',
  undici: 'base/http.ts',
  zod: 'base/shape.ts',
};

const BANNED_NAMES = /^(util|helper|type|common|index|data|info)s?\.ts$|(manager|handler|processor)s?\.ts$/;

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(name =>
  /(?<!\.d)\.ts$/.test(name),
);
const imports = files.flatMap(importsOf);
const internal = imports.filter(({ to }) => to.endsWith('.ts'));
const foreign = imports.filter(({ to }) => !to.endsWith('.ts') && !to.startsWith('node:'));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, specifier = '']) => specifier,
  );
  return specifiers.map(specifier => ({
    from: file,
    to: specifier.startsWith('.') ? relative(SRC, resolve(SRC, dirname(file), specifier)) : specifier,
  }));
}

function storeyOf(file: string): number {
  return STOREYS.findIndex(folders => folders.includes(file.split('/')[0] ?? ''));
}

describe('the house', () => {
  it('has every file on a storey', () => {
    expect(files.filter(file => storeyOf(file) < 0)).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
    expect(internal.length).toBeGreaterThan(200);
  });

  it('imports downwards, or inside one folder', () => {
    const upwards = internal.filter(({ from, to }) => {
      const sameFolder = from.split('/')[0] === to.split('/')[0];
      return !sameFolder && storeyOf(to) >= storeyOf(from);
    });
    expect(upwards).toEqual([]);
  });

  it('has no circle of imports', () => {
    const nextOf = (file: string) => internal.filter(({ from }) => from === file);
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      else if (!done.has(file)) for (const { to } of nextOf(file)) visit(to, [...path, file]);
      done.add(file);
    };
    const done = new Set<string>();
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('lets each foreign package be imported by its owner alone', () => {
    const trespassers = foreign.filter(({ from, to }) => {
      const owner = OWNERS[to];
      return owner === undefined || !(owner.endsWith('/') ? from.startsWith(owner) : from === owner);
    });
    expect(trespassers).toEqual([]);
    const used = new Set(foreign.map(({ to }) => to));
    expect(Object.keys(OWNERS).filter(name => !used.has(name))).toEqual([]);
  });

  it('imports what is in Node as node:', () => {
    expect(foreign.filter(({ to }) => builtinModules.includes(to))).toEqual([]);
  });

  it('keeps the pure storeys pure', () => {
    const pure = files.filter(file => /^(image|container|plan)\//.test(file));
    const impure = pure.filter(file => {
      const text = readFileSync(join(SRC, file), 'utf8');
      return /\basync\b|\bawait\b|Date\.now|new Date\(|Math\.random|process\.|from 'node:(fs|net|http|child)/.test(
        text,
      );
    });
    expect(impure).toEqual([]);
  });

  it('reads the environment at the edge alone', () => {
    const readers = files.filter(file => readFileSync(join(SRC, file), 'utf8').includes('process.env'));
    // There it is hidden from docker-modem, which would read it too.
    expect(readers.filter(file => !file.startsWith('cli/') && file !== 'engine/dial.ts')).toEqual([]);
  });

  it('has files of one purpose, named after it', () => {
    expect(files.filter(file => BANNED_NAMES.test(file.split('/').at(-1) ?? ''))).toEqual([]);
    const long = files.filter(file => readFileSync(join(SRC, file), 'utf8').split('\n').length > 260);
    expect(long).toEqual([]);
  });
});
