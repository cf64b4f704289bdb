// npm run demo: does all set-up itself, then shows the main job on a throwaway host.
import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { bin, build, installPackages, must, ROOT } from './prepare.mjs';
import { inSandbox, installPrograms, removeIfEmpty, whyNoSandbox } from './sandbox.mjs';

await installPackages();
await build();
const built = `${ROOT}/.sandbox/demo`;
await must('The build of the demo', bin('tsc'), ['-p', 'test/demo']);
writeFileSync(`${built}/package.json`, '{ "type": "module" }\n');
const demo = [`${built}/demo/demo.js`, ROOT];

const reason = whyNoSandbox();
if (reason === undefined) {
  installPrograms();
  process.exitCode = await inSandbox(process.execPath, demo);
} else if (await engineAnswers()) {
  console.log(
    `Using the Docker engine that is here, because ${reason}. Only containers of the demo's own are touched.`,
  );
  await must('The demo', process.execPath, demo);
} else {
  console.error(`The demo needs a Docker engine, and there is none: ${reason}.`);
  process.exitCode = 1;
}
rmSync(built, { recursive: true, force: true });
removeIfEmpty();

/** Whether an engine on this machine's socket answers; registries on loopback are of no use to another machine's. */
function engineAnswers() {
  const host = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
  if (process.platform !== 'linux' || !host.startsWith('unix://')) return false;
  return new Promise(resolve => {
    const ping = request(
      { socketPath: host.slice('unix://'.length), path: '/_ping', timeout: 3000 },
      answer => resolve(answer.statusCode === 200),
    );
    ping.on('error', () => resolve(false));
    ping.end();
  });
}
