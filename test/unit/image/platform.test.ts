import { expect, it } from 'vitest';
import {
  foreignPlatform,
  formatPlatform,
  normalPlatform,
  otherPlatform,
  type Platform,
  platformDistance,
  platformOfImage,
} from '../../../src/image/platform.ts';

const platform = (text: string): Platform => {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, variant };
};

it.each([
  ['linux/x86_64', 'linux/amd64', 'v1'],
  ['linux/amd64', 'linux/amd64', 'v1'],
  ['linux/amd64/v3', 'linux/amd64/v3', 'v3'],
  ['Linux/AMD64', 'linux/amd64', 'v1'],
  ['linux/i686', 'linux/386', ''],
  ['linux/aarch64', 'linux/arm64', 'v8'],
  ['linux/arm64/v8', 'linux/arm64', 'v8'],
  ['linux/armv7l', 'linux/arm', 'v7'],
  ['linux/armhf', 'linux/arm', 'v7'],
  ['linux/armv6l', 'linux/arm/v6', 'v6'],
  ['linux/armel', 'linux/arm/v6', 'v6'],
  ['linux/arm/', 'linux/arm', 'v7'],
  ['linux/riscv64', 'linux/riscv64', ''],
  ['windows/amd64', 'windows/amd64', 'v1'],
])('takes %s as %s, variant "%s"', (text, formatted, variant) => {
  expect(formatPlatform(platform(text))).toBe(formatted);
  expect(normalPlatform(platform(text)).variant).toBe(variant);
});

it('takes a word of JavaScript’s for any other architecture', () => {
  expect(normalPlatform(platform('linux/constructor')).variant).toBe('');
});

it.each([
  ['linux/amd64', 'linux/amd64', 0],
  ['linux/x86_64', 'linux/amd64/v1', 0],
  ['linux/amd64/v3', 'linux/amd64/v2', 1],
  ['linux/amd64/v3', 'linux/amd64', 2],
  ['linux/amd64', 'linux/amd64/v2', undefined],
  ['linux/aarch64', 'linux/arm64/v8', 0],
  ['linux/arm64/v9', 'linux/arm64', 1],
  ['linux/armv7l', 'linux/arm', 0],
  ['linux/arm/v7', 'linux/arm/v6', 1],
  ['linux/arm/v7', 'linux/arm/v5', 2],
  ['linux/arm/v6', 'linux/arm/v7', undefined],
  ['linux/arm/v6', 'linux/arm', undefined],
  ['linux/arm64', 'linux/arm/v7', undefined],
  ['linux/amd64', 'linux/386', undefined],
  ['linux/amd64', 'windows/amd64', undefined],
  ['linux/amd64', 'unknown/unknown', undefined],
])('a machine of %s runs %s: %s', (host, offered, distance) => {
  expect(platformDistance(platform(host), platform(offered))).toBe(distance);
});

/** What an image was made for, what engine it is on, and what it is to be replaced by. */
it.each([
  ['linux/amd64', 'linux/x86_64', 'linux/amd64', undefined],
  ['linux/arm64/v8', 'linux/aarch64', 'linux/arm64', undefined],
  ['linux/arm/v7', 'linux/armv7l', 'linux/arm', undefined],
  // What the engine takes where there is nothing newer: next time there may be.
  ['linux/arm/v6', 'linux/armv7l', 'linux/arm', undefined],
  ['linux/amd64', 'linux/amd64/v3', 'linux/amd64/v3', undefined],
  // With --platform, by emulation or because somebody knows the machine better than the engine does.
  ['linux/arm64', 'linux/x86_64', 'linux/arm64', 'linux/arm64'],
  ['linux/arm/v7', 'linux/aarch64', 'linux/arm', 'linux/arm'],
  ['linux/386', 'linux/x86_64', 'linux/386', 'linux/386'],
  ['linux/amd64/v3', 'linux/x86_64', 'linux/amd64/v3', 'linux/amd64/v3'],
  ['linux/arm/v7', 'linux/armv6l', 'linux/arm', 'linux/arm'],
  ['windows/amd64', 'linux/x86_64', 'windows/amd64', 'windows/amd64'],
  // The engine does not say.
  ['', 'linux/x86_64', 'linux/amd64', undefined],
])('an image for %s on %s is followed as %s, asked for as %s', (made, engine, expected, asked) => {
  const { os, architecture, variant } = platform(made);
  const image = { Os: os, Architecture: architecture, Variant: variant ?? '' };
  expect(formatPlatform(platformOfImage(image, platform(engine)))).toBe(expected);
  expect(foreignPlatform(image, platform(engine))).toBe(asked);
});

it.each([
  ['linux/amd64', 'linux/amd64', 'linux/x86_64', undefined],
  ['linux/amd64/v2', 'linux/amd64', 'linux/x86_64', undefined],
  ['linux/arm/v6', 'linux/arm/v7', 'linux/armv7l', undefined],
  ['', 'linux/amd64', 'linux/x86_64', undefined],
  ['linux/arm64', 'linux/amd64', 'linux/x86_64', 'linux/arm64'],
  ['linux/386', 'linux/amd64', 'linux/x86_64', 'linux/386'],
  ['windows/amd64', 'linux/amd64', 'linux/x86_64', 'windows/amd64'],
  // Whoever runs one by emulation wants no other either.
  ['linux/arm64', 'linux/arm64', 'linux/x86_64', undefined],
  ['linux/amd64', 'linux/arm64', 'linux/x86_64', 'linux/amd64'],
])('an image for %s after one for %s on %s is for another: %s', (made, former, engine, expected) => {
  const image = (text: string) => {
    const { os, architecture, variant } = platform(text);
    return { Os: os, Architecture: architecture, Variant: variant ?? '' };
  };
  expect(otherPlatform(image(made), image(former), platform(engine))).toBe(expected);
});
