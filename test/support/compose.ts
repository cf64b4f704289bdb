import { spawn } from 'node:child_process';
import { type CommandResult, type Lab, resultOf } from './lab.ts';

/** Compose v2, as Debian packages it, on the `docker-compose.yml` of a lab's home. */
export function compose(lab: Lab, ...args: readonly string[]): Promise<CommandResult> {
  const program = `${process.env['SANDBOX_TREES']}/trixie/usr/libexec/docker/cli-plugins/docker-compose`;
  const env = {
    PATH: process.env['PATH'],
    HOME: lab.home,
    DOCKER_HOST: `unix://${lab.socket}`,
    AUTOTASK_MCP_IMAGE: lab.reference(),
  };
  return resultOf(spawn(program, [...args], { cwd: lab.home, env }));
}
