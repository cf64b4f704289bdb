import { cleanText } from '../base/clean-text.ts';
import { parseDuration } from '../base/duration.ts';
import { nearest } from '../base/nearest.ts';
import { type Digest, parseDigest } from '../image/digest.ts';
import { parseIdentity, parseIssuer } from '../image/signer.ts';
import { OWN_LABELS } from './rollout-label.ts';

/** What a user says of one container by labels. Left out means: as the settings say. */
export interface LabelWishes {
  readonly enable?: boolean;
  readonly healthPath?: string;
  /** A port of the container, 1 to 65535. */
  readonly healthPort?: number;
  readonly healthUrl?: string;
  /** What `up` shows behind the published address: the path that people ask for. */
  readonly urlPath?: string;
  /** Milliseconds. */
  readonly healthTimeout?: number;
  /** Milliseconds. */
  readonly stableFor?: number;
  /** Names of containers that it needs to be in place first. */
  readonly dependsOn?: readonly string[];
  /** The only digest that it may run. */
  readonly pin?: Digest;
  /** Milliseconds that we must have known a digest before it is taken. */
  readonly minAge?: number;
  /** Whether it may be replaced although it was started with `--rm`. */
  readonly allowRm?: boolean;
  /** Whether a new image is first tried in a copy beside the running container. */
  readonly preflight?: boolean;
  /** Whether the old one is stopped first, or the new one started first. */
  readonly strategy?: 'replace' | 'start-first';
  /** What its image must be signed by. */
  readonly verify?: 'off' | 'key' | 'keyless';
  /** A file of public keys. */
  readonly verifyKey?: string;
  readonly verifyIdentity?: string;
  readonly verifyIssuer?: string;
  /** A file with what is trusted instead of Sigstore's public root. */
  readonly verifyRoot?: string;
}

/** Wishes, and a sentence for each label that is not understood. */
export interface ReadLabels {
  readonly wishes: LabelWishes;
  readonly problems: readonly string[];
}

interface Rule {
  readonly wish: keyof LabelWishes;
  readonly read: (text: string) => unknown;
  readonly expected: string;
  /** It may hold a secret, so what is wrong with it is said without it. */
  readonly private?: true;
}

/** Only `true` and `false`: a typing mistake must not pass for either. */
function readFlag(text: string): boolean | undefined {
  const flag = text.trim().toLowerCase();
  return flag === 'true' ? true : flag === 'false' ? false : undefined;
}

function readSwitch(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return word === 'on' ? true : word === 'off' ? false : undefined;
}

function readStrategy(text: string): LabelWishes['strategy'] | undefined {
  return (['replace', 'start-first'] as const).find(kind => kind === text.trim().toLowerCase());
}

function readPath(text: string): string | undefined {
  return /^\/(?!\/)[\w./~%+:@!$&'()*,;=?-]*$/.test(text) ? text : undefined;
}

function readPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : undefined;
}

function readNames(text: string): readonly string[] | undefined {
  const names = text.split(',').map(name => name.trim());
  return names.every(name => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) ? names : undefined;
}

function readVerify(text: string): LabelWishes['verify'] | undefined {
  return (['off', 'key', 'keyless'] as const).find(kind => kind === text.trim().toLowerCase());
}

function readFile(text: string): string | undefined {
  return text.trim() === '' || text.includes('\0') ? undefined : text.trim();
}

function readUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' ? text : undefined;
}

/** Names containers that must be in place first. */
export const DEPENDS_ON = 'refreshd.depends-on';

/** Names the only digest that the container may run. */
export const PIN = 'refreshd.pin';

const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    'refreshd.enable': { wish: 'enable', read: readFlag, expected: 'true or false' },
    'refreshd.health.path': {
      wish: 'healthPath',
      read: readPath,
      expected: 'a path such as /health',
      private: true,
    },
    'refreshd.health.port': { wish: 'healthPort', read: readPort, expected: 'a port from 1 to 65535' },
    'refreshd.health.url': {
      wish: 'healthUrl',
      read: readUrl,
      expected: 'an http or https address without credentials',
      private: true,
    },
    'refreshd.url.path': {
      wish: 'urlPath',
      read: text => (text.includes('?') ? undefined : readPath(text)),
      expected: 'a path such as /mcp, without a question mark',
      private: true,
    },
    'refreshd.health.timeout': {
      wish: 'healthTimeout',
      read: parseDuration,
      expected: 'a duration such as 90s',
    },
    [DEPENDS_ON]: {
      wish: 'dependsOn',
      read: readNames,
      expected: 'container names, separated by commas',
    },
    [PIN]: {
      wish: 'pin',
      read: text => parseDigest(text.trim()),
      expected: 'a digest: sha256: and 64 hex digits',
    },
    'refreshd.min-age': { wish: 'minAge', read: parseDuration, expected: 'a duration such as 3d' },
    'refreshd.allow-rm': { wish: 'allowRm', read: readFlag, expected: 'true or false' },
    'refreshd.preflight': { wish: 'preflight', read: readSwitch, expected: 'on or off' },
    'refreshd.strategy': { wish: 'strategy', read: readStrategy, expected: 'replace or start-first' },
    'refreshd.verify': { wish: 'verify', read: readVerify, expected: 'off, key or keyless' },
    'refreshd.verify.key': { wish: 'verifyKey', read: readFile, expected: 'a file with a public key' },
    'refreshd.verify.identity': {
      wish: 'verifyIdentity',
      read: parseIdentity,
      expected: 'the identity in a certificate, with a * at most at its end and after the owner',
    },
    'refreshd.verify.issuer': {
      wish: 'verifyIssuer',
      read: parseIssuer,
      expected: 'an address such as https://token.actions.githubusercontent.com',
    },
    'refreshd.verify.root': { wish: 'verifyRoot', read: readFile, expected: 'a file with a trusted root' },
    'refreshd.stable-for': { wish: 'stableFor', read: parseDuration, expected: 'a duration such as 30s' },
  }),
);

/** What a user who wrote a label of ours that does not exist probably meant. */
export interface UnknownLabel {
  readonly label: string;
  readonly meant: string | undefined;
}

/** The labels that begin as ours do and are none, those that we write ourselves aside; they count for nothing. */
export function unknownLabels(labels: Readonly<Record<string, string>>): readonly UnknownLabel[] {
  const known = [...RULES.keys()];
  return Object.keys(labels)
    .filter(label => /^refreshd(\W|$)/i.test(label) && !RULES.has(label) && !OWN_LABELS.includes(label))
    .map(label => ({ label, meant: nearest(label.toLowerCase(), known, 3) }));
}

/** Labels of other updaters that say whether a container is watched; ours goes first. */
const FOREIGN_ENABLE = ['com.centurylinklabs.watchtower.enable', 'wud.watch', 'dd.watch'];

/**
 * Reads what the user says by labels.
 * @param labels the labels that the *user* set; those that came with the image count for nothing
 */
export function readLabels(labels: Readonly<Record<string, string>>): ReadLabels {
  const wishes: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const key of FOREIGN_ENABLE) {
    const flag = readFlag(labels[key] ?? '');
    if (flag !== undefined && wishes['enable'] === undefined) wishes['enable'] = flag;
  }
  for (const [key, text] of Object.entries(labels)) {
    const rule = RULES.get(key);
    if (rule === undefined) continue;
    const value = rule.read(text);
    const found = rule.private ? '' : `, not "${cleanText(text, 60)}"`;
    if (value === undefined) problems.push(`label ${key} must be ${rule.expected}${found}`);
    else wishes[rule.wish] = value;
  }
  return { wishes, problems };
}
