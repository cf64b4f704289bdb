import bytes from 'bytes';

/** Reads `10MB`, `512kb` or `1048576`. @returns bytes, or undefined if the text is no size */
export function parseSize(text: string): number | undefined {
  return bytes.parse(text) ?? undefined;
}

/** Bytes as a person says them: `12.3MB`. */
export function formatSize(size: number): string {
  return bytes.format(size, { decimalPlaces: 1 }) ?? `${size}B`;
}
