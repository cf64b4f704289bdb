import { expect, it } from 'vitest';
import { isInNetworks, kindOfAddress, literalAddress } from '../../../src/base/networks.ts';

it.each([
  ['8.8.8.8', 'public'],
  ['172.15.255.255', 'public'],
  ['172.32.0.1', 'public'],
  ['2001:4860:4860::8888', 'public'],
  ['::ffff:8.8.8.8', 'public'],
  ['64:ff9b::808:808', 'public'],
  ['127.0.0.1', 'inside'],
  ['127.255.255.254', 'inside'],
  ['0.0.0.0', 'inside'],
  ['10.255.0.1', 'inside'],
  ['172.16.0.1', 'inside'],
  ['192.168.1.1', 'inside'],
  ['100.64.0.1', 'inside'],
  ['224.0.0.1', 'inside'],
  ['255.255.255.255', 'inside'],
  ['::', 'inside'],
  ['::1', 'inside'],
  ['fd12:3456::1', 'inside'],
  ['::ffff:127.0.0.1', 'inside'],
  ['::ffff:a00:7', 'inside'],
  ['64:ff9b::7f00:1', 'inside'],
  ['ff02::1', 'inside'],
  ['169.254.169.254', 'link'],
  ['::ffff:169.254.169.254', 'link'],
  ['64:ff9b::a9fe:a9fe', 'link'],
  ['fe80::1', 'link'],
  // Where clouds tell a machine its secrets, though the address looks like another kind's.
  ['100.100.100.200', 'link'],
  ['168.63.129.16', 'link'],
  ['fd00:ec2::254', 'link'],
])('%s is %s', (address, kind) => {
  expect(kindOfAddress(address)).toBe(kind);
});

it.each([
  ['10.1.2.3', ['10.0.0.0/8'], true],
  ['10.1.2.3', ['fd00::/8', '10.1.2.3/32'], true],
  ['fd00::1', ['fd00::/8'], true],
  ['11.1.2.3', ['10.0.0.0/8'], false],
  ['10.1.2.3', ['10.0.0.0'], false],
  ['10.1.2.3', ['10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/', 'registry.test/8', '', '/'], false],
  ['registry.test', ['0.0.0.0/0', '::/0'], false],
])('%s in %j: %s', (address, networks, expected) => {
  expect(isInNetworks(address, networks)).toBe(expected);
});

it.each([
  ['[::1]', '::1'],
  ['127.0.0.1', '127.0.0.1'],
  ['localhost', undefined],
  ['', undefined],
])('%j is the address %s', (hostname, address) => {
  expect(literalAddress(hostname)).toBe(address);
});
