/** Whether an API version, as in `1.44`, is that one or a newer one. */
export function speaks(version: string, least: `1.${number}`): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= Number(least.slice(2)));
}
