import { cleanText } from '../base/clean-text.ts';
import type { Reference } from './reference.ts';

const SOURCE = 'org.opencontainers.image.source';
const HOMEPAGE = 'org.opencontainers.image.url';

/** Registries whose owners are those of a forge. */
const FORGE_OF: Readonly<Record<string, string>> = {
  'ghcr.io': 'github.com',
  'registry.gitlab.com': 'gitlab.com',
};
/** A homepage says something of an owner only where it is on one of these. */
const FORGES = new Set(['github.com', 'gitlab.com', 'codeberg.org', 'bitbucket.org']);

interface Source {
  readonly host: string;
  readonly owner: string;
  readonly name: string;
}

/**
 * Where an image says that it comes from (OCI image spec, annotations.md: `source`, `url`), if that is another owner's
 * than the repository it was taken from: `github.com/wyre-technology/autotask-mcp`.
 *
 * Owners of different sites need not be the same people, and an image inherits the labels of the one it was built on.
 * So it counts only where the registry's owners are those of that site, or the repository has the image's name.
 */
export function movedSource(
  reference: Pick<Reference, 'registry' | 'path'>,
  labels: Readonly<Record<string, string>>,
): string | undefined {
  const [owner = '', ...rest] = reference.path.split('/');
  const name = rest.at(-1);
  const source = sourceOf(labels);
  if (name === undefined || source === undefined || isAlike(source.owner, owner)) return undefined;
  const isSameSite = (FORGE_OF[reference.registry] ?? reference.registry) === source.host;
  if (!isSameSite && !isAlike(source.name, name)) return undefined;
  return cleanText(`${source.host}/${source.owner}/${source.name}`, 120);
}

function sourceOf(labels: Readonly<Record<string, string>>): Source | undefined {
  const source = readSource(labels[SOURCE]);
  if (source !== undefined) return source;
  const homepage = readSource(labels[HOMEPAGE]);
  return homepage !== undefined && FORGES.has(homepage.host) ? homepage : undefined;
}

/** `https://github.com/owner/name`, `git@github.com:owner/name.git`, `github.com/owner/name`; credentials are left out. */
function readSource(text: string | undefined): Source | undefined {
  const [, host = '', owner = '', name = ''] =
    /^(?:[a-z+]{2,12}:\/\/)?(?:[^@/\s]{0,100}@)?([\w.-]{1,100})(?::\d{1,5}(?=\/))?[/:]([\w.-]{1,100})\/([\w.-]{1,100})/i.exec(
      text ?? '',
    ) ?? [];
  if (host === '') return undefined;
  return { host: host.toLowerCase().replace(/^www\./, ''), owner, name: name.replace(/\.git$/, '') };
}

/** `Home-Assistant` and `homeassistant` are one. */
function isAlike(one: string, other: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[._-]/g, '');
  return plain(one) === plain(other);
}
