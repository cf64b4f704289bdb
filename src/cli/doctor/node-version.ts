import { bad, type Check, ok } from './check.ts';

/** As package.json says. */
const OLDEST = [20, 18, 1];

export const nodeVersion: Check = {
  what: 'Node',
  look: async () => {
    const given = process.versions.node;
    return isOlder(given)
      ? bad(`version ${given}`, `Install Node ${OLDEST.join('.')} or newer.`)
      : ok(`version ${given}`);
  },
};

function isOlder(version: string): boolean {
  const parts = version.split('.').map(Number);
  const place = OLDEST.findIndex((least, index) => parts[index] !== least);
  return place >= 0 && (parts[place] ?? 0) < (OLDEST[place] ?? 0);
}
