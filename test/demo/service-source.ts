/** What the demo's service is, in its three versions; the third is broken in a way that only `/health` shows. */
export function serviceSource(version: number, healthStatus: number): string {
  return `
const { createServer } = require('node:http');
const routes = { '/health': [${healthStatus}, 'version ${version}'], '/mcp': [200, '{"jsonrpc":"2.0"}'] };
createServer((request, response) => {
  const [status, text] = routes[request.url] ?? [404, 'not here'];
  response.writeHead(status).end(text + '\\n');
}).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;
}
