import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this program's package, links resolved: above `dist/cli` or `src/cli`. */
export const PACKAGE_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
