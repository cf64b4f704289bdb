import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandResult, type Lab, resultOf } from './lab.ts';

const PLUGIN = 'usr/libexec/docker/cli-plugins/docker-compose';

/** Where Compose v2 is, as Debian packages it. */
export function composeProgram(): string {
  const trees = process.env['SANDBOX_TREES'];
  return ['trixie', 'sid'].map(tree => `${trees}/${tree}/${PLUGIN}`).find(existsSync) ?? PLUGIN;
}

/** Runs it in a lab's home. */
export function compose(lab: Lab, ...args: string[]): Promise<CommandResult> {
  const env = {
    PATH: process.env['PATH'],
    HOME: lab.home,
    DOCKER_HOST: `unix://${lab.socket}`,
    AUTOTASK_MCP_IMAGE: lab.reference(),
  };
  return resultOf(spawn(composeProgram(), args, { cwd: lab.home, env }));
}

/** What the command needs to find it, too, and a stack's image. */
export function withCompose(lab: Lab): Record<string, string> {
  const programs = join(lab.home, '..', 'programs');
  if (!existsSync(programs)) {
    mkdirSync(programs);
    symlinkSync(composeProgram(), join(programs, 'docker-compose'));
  }
  return { PATH: `${programs}:/usr/bin:/bin`, AUTOTASK_MCP_IMAGE: lab.reference(), REFRESHD_WATCH: 'stack' };
}
