import { realpath } from 'node:fs/promises';

/** The Node that a service is started with. */
export interface LastingNode {
  readonly path: string;
  /** Who removes it on an occasion on which nobody thinks of the service; undefined if nobody does. */
  readonly removedBy: string | undefined;
}

/** Where those who keep several versions of Node keep each of them: gone when that version is. */
const KEEPERS: readonly (readonly [RegExp, string])[] = [
  [/\/fnm_multishells\//, 'fnm, when this terminal is closed'],
  [/\/\.nvm\/|\/nvm\/versions\//, 'nvm, when that version is uninstalled'],
  [/\/\.volta\//, 'Volta, when it tidies up versions'],
  [/\/\.?fnm\//, 'fnm, when that version is uninstalled'],
  [/\/\.asdf\//, 'asdf, when that version is uninstalled'],
  [/\/mise\/installs\//, 'mise, when that version is uninstalled or pruned'],
  [/\/\.nodenv\/|\/\.nodebrew\/|\/n\/versions\//, 'a version manager, when that version is uninstalled'],
  [/\/_npx\/|\/\.npm\//, 'npm, when it tidies up its cache'],
  [/^\/nix\/store\//, 'Nix, when it collects garbage'],
  [/^(\/private)?(\/var)?\/tmp\//, 'the machine, when it tidies up temporary files'],
];

/** Homebrew's and snap's links to whatever version is the current one, made from the path of one version. */
const LINKS: readonly (readonly [RegExp, string])[] = [
  [/^(.*)\/Cellar\/(node(?:@\d+)?)\/[^/]+\/bin\/node$/, '$1/opt/$2/bin/node'],
  [/^\/snap\/node\/\d+\/bin\/node$/, '/snap/node/current/bin/node'],
];

/** @param path where the Node that runs now is, links resolved */
export async function findLastingNode(path: string): Promise<LastingNode> {
  for (const [pattern, replacement] of LINKS) {
    if (!pattern.test(path)) continue;
    const link = path.replace(pattern, replacement);
    const isSame = (await realpath(link).catch(() => undefined)) === path;
    if (isSame) return { path: link, removedBy: undefined };
    return { path, removedBy: 'its package manager, at the next upgrade' };
  }
  return { path, removedBy: whoRemoves(path) };
}

/** Who removes what is at a path on an occasion of its own. */
export function whoRemoves(path: string): string | undefined {
  return KEEPERS.find(([pattern]) => pattern.test(path))?.[1];
}
