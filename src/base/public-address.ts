import { BlockList, isIP } from 'node:net';

/** Addresses that mean this machine, its network, or nobody (IANA special-purpose address registries). */
const SPECIAL = new BlockList();
for (const network of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
])
  SPECIAL.addSubnet(network.split('/')[0] ?? '', Number(network.split('/')[1]), 'ipv4');
for (const network of ['::/96', '64:ff9b:1::/48', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'])
  SPECIAL.addSubnet(network.split('/')[0] ?? '', Number(network.split('/')[1]), 'ipv6');

/** Whether an IP address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !SPECIAL.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
