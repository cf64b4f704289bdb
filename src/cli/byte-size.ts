import bytes from 'bytes';

/** Reads `10MB`, `512k`, `1.5 GB` or `1048576`. @returns bytes, or undefined if the text is no size */
export function parseSize(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)b?$/i.exec(text.trim()) ?? [];
  // The package takes an unknown unit for bytes, so only what it knows is handed to it.
  return amount === undefined ? undefined : (bytes.parse(`${amount}${unit}b`) ?? undefined);
}

/** Bytes as a person says them: `12.3MB`. */
export function formatSize(size: number): string {
  return bytes.format(size, { decimalPlaces: 1 }) ?? `${size}B`;
}
