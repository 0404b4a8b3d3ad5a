/** `netpeek exec`: a program of the host in the network namespace of a target. */

import { enterNamespace } from '../live/enter.ts';
import { EXIT, type ExitCode, UserError } from '../model/user-error.ts';
import type { Command } from './command.ts';
import { requireTarget } from './require-target.ts';
import { takeSnapshot } from './take-snapshot.ts';

export const exec: Command = {
  name: 'exec',
  arguments: '<target>',
  summary: "runs the host's own CMD in the target's network namespace: exec TARGET -- CMD…",
  help: "Example:\n  netpeek exec web -- ss -ltn      the files and the programs are the host's, the network is the container's\n\nThe exit code is that of CMD.",
  run: async (context, { positional: [target = ''] }) => {
    const [file, ...args] = context.passthrough;
    if (file === undefined)
      throw new UserError(EXIT.usage, 'no command was given', `netpeek exec ${target} -- ip addr`);
    const system = await context.openSystem();
    const snapshot = await takeSnapshot(context, system, { sections: [], processes: true });
    const { namespace } = requireTarget(snapshot, target, system.files);
    const handle = enterNamespace(system, namespace);
    try {
      const { exitCode } = await system.processes.hand({ argv: [file, ...args], namespace: handle });
      return exitCode as ExitCode;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === 'ENOENT')
        throw new UserError(
          EXIT.notPermitted,
          `this host has no program '${file}'`,
          'install it, or name it by its path',
        );
      if (code === 'EACCES')
        throw new UserError(EXIT.notPermitted, `'${file}' cannot be run`, 'it is not executable');
      throw error;
    } finally {
      handle.close();
    }
  },
};
