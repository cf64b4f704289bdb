// What is run on which engine. Every part has an engine of its own.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './prepare.mjs';

/** Where others have a hand in it, or the machine. */
const OF_OTHERS = ['interference', 'meddling', 'compose-meddling', 'surroundings'];
const OF_REGISTRIES = ['registries', 'registry-conformance', 'pins', 'signatures', 'trust'];
/** Ways of replacing a container. */
const OF_WAYS = ['preflight', 'start-first', 'sets', 'update', 'rollback'];
/** Where a stack is set up, or refreshd itself. */
const OF_STACKS = ['doctor', 'stack', 'image', 'packaging'];
/** What compose makes of what we made, which is told by a newer engine as well as by any. */
const OF_COMPOSE = ['compose', 'compose-project'];

const suites = names => names.map(name => `test/engine/${name}.test.ts`);
const REGISTRIES = [...suites(OF_REGISTRIES), 'test/contract'];
const WAYS = suites(OF_WAYS);
const OTHERS = OF_OTHERS.map(name => `test/faults/${name}.test.ts`);
const STACKS = OF_STACKS.map(name => `test/e2e/${name}.test.ts`);
const COMPOSE = OF_COMPOSE.map(name => `test/e2e/${name}.test.ts`);
const SCHEDULES = ['schedule', 'daemon'].map(name => `test/e2e/${name}.test.ts`);
const MATRIX = 'test/faults/matrix.test.ts';

/** The suites in these folders, but for those that another part has; vitest's own --exclude has no say over projects. */
function allBut(folders, others) {
  const suitesIn = folder =>
    readdirSync(join(ROOT, folder))
      .filter(name => name.endsWith('.test.ts'))
      .map(name => `${folder}/${name}`);
  return folders.flatMap(suitesIn).filter(file => !others.includes(file));
}

/**
 * On every change, on Debian's own engine (20.10 on Debian 12), a newer one, and the newest in its newest arrangement.
 * What may break at any instant breaks the same way everywhere, so one engine goes through all of it; the others go
 * through what depends on how they tell of containers and images. What takes longest comes first.
 * What `waits` does little else, and is in nobody's way.
 */
const USUAL = [
  { engine: 'bookworm-systemd', files: ['test/service'], waits: true },
  { engine: 'debian', files: SCHEDULES, waits: true },
  { engine: 'debian', files: WAYS },
  { engine: 'debian', files: STACKS },
  { engine: 'debian', files: allBut(['test/faults'], [...OTHERS, MATRIX]) },
  { engine: 'debian', files: allBut(['test/e2e'], [...STACKS, ...COMPOSE, ...SCHEDULES]) },
  { engine: 'debian', files: REGISTRIES },
  { engine: 'debian', files: allBut(['test/engine'], [...REGISTRIES, ...WAYS]) },
  { engine: 'debian', files: OTHERS },
  { engine: 'debian', files: [MATRIX] },
  { engine: 'trixie', files: [...suites(['fidelity', 'update']), ...COMPOSE] },
  {
    engine: 'sid-containerd-min-1.44',
    files: suites(['fidelity', 'rollback']),
    environment: { FIDELITY_CASES: '12' },
  },
];

/** Where nobody waits for it: every fault on one engine. Podman is not what the other suites expect. */
const LONG = [
  ...['1/3', '2/3', '3/3'].map(each => ({
    engine: 'debian',
    files: [MATRIX],
    environment: { FAULT_PART: each },
  })),
  {
    engine: 'debian',
    files: allBut(['test/faults', 'test/engine', 'test/e2e', 'test/contract'], [MATRIX]),
    environment: { FAULT_PART: '1/1' },
  },
  ...['trixie', 'sid', 'sid-containerd', 'sid-min-1.44'].map(each => ({ engine: each, files: [] })),
  { engine: 'trixie-podman', files: ['test/engine/podman.test.ts'] },
  { engine: 'bookworm-systemd', files: ['test/service'], waits: true },
];

/**
 * The parts of a run.
 * @param files only these, on every engine once or on the one asked for; none: all there are
 * @param engine only this one, which may be one that no usual run has
 */
export function wantedParts({ files, engine, isLong }) {
  const usual = isLong ? LONG : USUAL;
  const asked = engine === undefined ? usual : usual.filter(part => part.engine === engine);
  if (files.length === 0 && asked.length > 0) return asked;
  if (engine !== undefined) return [{ engine, files: files.length > 0 ? files : filesOf(engine) }];
  const names = usual.map(part => part.engine).filter(name => !isOfItsOwn(name));
  return [...new Set(names)].map(name => ({ engine: name, files }));
}

/** Podman, and a whole machine: they have suites of their own, and no others. */
function isOfItsOwn(name) {
  return /-(podman|systemd)$/.test(name);
}

function filesOf(name) {
  return isOfItsOwn(name) ? LONG.find(part => part.engine === name).files : [];
}

/** Whether the suite of signatures is among the files of a part. */
export function signs({ files }) {
  return files.length === 0 || files.some(each => 'test/engine/signatures.test.ts'.startsWith(each));
}
