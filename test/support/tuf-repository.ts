import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TufOptions {
  /** When what it says is out of date; in a day, if left out. */
  readonly expires?: Date;
  /** Whether somebody else than its root names signs what is in it. */
  readonly foreign?: boolean;
  /** Whether its target is another than what was signed. */
  readonly changed?: boolean;
}

/** A repository as Sigstore's own (The Update Framework 1.0), with `trusted_root.json` in it. */
export interface TufRepository {
  readonly url: string;
  /** What it is trusted by: its first `root.json`. */
  readonly root: string;
  readonly requests: readonly string[];
  close(): Promise<void>;
}

const TARGET = 'trusted_root.json';
const DAY = 86_400_000;

export async function startTufRepository(
  trustedRoot: string,
  { expires = new Date(Date.now() + DAY), foreign = false, changed = false }: TufOptions = {},
): Promise<TufRepository> {
  const key = signer();
  const stranger = foreign ? signer() : key;
  const common = (type: string) => ({
    _type: type,
    spec_version: '1.0.0',
    version: 1,
    expires: `${expires.toISOString().slice(0, 19)}Z`,
  });
  const role = { keyids: [key.id], threshold: 1 };
  const roles = { root: role, timestamp: role, snapshot: role, targets: role };
  const root = key.signed({
    ...common('root'),
    expires: '2999-01-01T00:00:00Z',
    keys: { [key.id]: key.public },
    roles,
    consistent_snapshot: false,
  });
  const sha256 = createHash('sha256').update(trustedRoot).digest('hex');
  const targets = { [TARGET]: { length: Buffer.byteLength(trustedRoot), hashes: { sha256 } } };
  const files = new Map([
    [
      '/timestamp.json',
      stranger.signed({ ...common('timestamp'), meta: { 'snapshot.json': { version: 1 } } }),
    ],
    ['/snapshot.json', stranger.signed({ ...common('snapshot'), meta: { 'targets.json': { version: 1 } } })],
    ['/targets.json', stranger.signed({ ...common('targets'), targets })],
    [`/targets/${TARGET}`, changed ? trustedRoot.replace('0.1', '0.2') : trustedRoot],
  ]);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const file = files.get(request.url ?? '');
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    root,
    requests,
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function signer() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
  const known = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: raw } };
  const id = createHash('sha256').update(canonical(known)).digest('hex');
  return {
    id,
    public: known,
    signed: (signed: object) =>
      JSON.stringify({
        signatures: [
          { keyid: id, sig: sign(null, Buffer.from(canonical(signed)), privateKey).toString('hex') },
        ],
        signed,
      }),
  };
}

/** JSON with its keys in order and no blanks: what is signed (OLPC canonical JSON). */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}
