import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type CommandResult, type Lab, resultOf } from './lab.ts';

const PLUGIN = 'usr/libexec/docker/cli-plugins/docker-compose';

/** Runs Compose v2, as Debian packages it, in a lab's home. */
export function compose(lab: Lab, ...args: string[]): Promise<CommandResult> {
  const trees = process.env['SANDBOX_TREES'];
  const programs = ['trixie', 'sid'].map(tree => `${trees}/${tree}/${PLUGIN}`);
  const env = {
    PATH: process.env['PATH'],
    HOME: lab.home,
    DOCKER_HOST: `unix://${lab.socket}`,
    AUTOTASK_MCP_IMAGE: lab.reference(),
  };
  return resultOf(spawn(programs.find(existsSync) ?? PLUGIN, args, { cwd: lab.home, env }));
}
