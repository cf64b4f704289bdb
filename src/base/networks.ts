import { BlockList, isIP } from 'node:net';

/** What an address is, seen from outside: everybody's, of this machine or its networks, or of a link and its cloud. */
export type AddressKind = 'public' | 'inside' | 'link';

/** This machine and private networks (RFC 1122, 1918, 4193, 6598, 6890), and what is no address of a host at all. */
const INSIDE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/127',
  'fc00::/7',
  'ff00::/8',
];
/** One link (RFC 3927, 4291), where clouds keep what tells a machine its secrets. */
const LINK = ['169.254.0.0/16', '100.100.100.200/32', '168.63.129.16/32', 'fe80::/10', 'fec0::/10'];
const CLOUD_V6 = ['fd00:ec2::/32', 'fd20:ce::/32'];

const inside = blockListOf(INSIDE.flatMap(withTranslated));
const link = blockListOf([...LINK, ...CLOUD_V6].flatMap(withTranslated));

/** @param address IPv4 or IPv6, without brackets */
export function kindOfAddress(address: string): AddressKind {
  if (isIn(link, address)) return 'link';
  return isIn(inside, address) ? 'inside' : 'public';
}

/** Whether an address lies in one of the networks (CIDR); entries of other kinds are passed over. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  return isIn(blockListOf(networks), address);
}

/** The address that a URL's host is, if it is one: `[::1]` is `::1`. */
export function literalAddress(hostname: string): string | undefined {
  const address = hostname.replace(/^\[|\]$/g, '');
  return isIP(address) === 0 ? undefined : address;
}

function isIn(networks: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && networks.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** The same network as it is seen through a translator from IPv6 (RFC 6052). */
function withTranslated(network: string): string[] {
  const [address = '', prefix] = network.split('/');
  return isIP(address) === 4 ? [network, `64:ff9b::${address}/${96 + Number(prefix)}`] : [network];
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of networks) {
    const [network = '', prefix] = entry.split('/');
    const family = isIP(network);
    if (family === 0 || prefix === undefined || !isPrefix(prefix, family)) continue;
    list.addSubnet(network, Number(prefix), family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function isPrefix(prefix: string, family: number): boolean {
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32);
}
