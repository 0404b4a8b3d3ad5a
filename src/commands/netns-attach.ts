/** `netpeek netns attach`: names under /var/run/netns for namespaces without one. */

import { attach } from '../live/attach.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import type { Command } from './command.ts';
import { requireTarget } from './require-target.ts';
import { takeSnapshot } from './take-snapshot.ts';

export const netnsAttach: Command = {
  name: 'netns attach',
  arguments: '<targets...>',
  summary: 'bind-mounts the namespace of each target under /var/run/netns, so that ip netns exec works',
  options: [{ flags: '--name <name>', description: "the name to use instead of the container's" }],
  run: async (context, { positional, options }) => {
    if (typeof options.name === 'string' && positional.length > 1)
      throw new UserError(
        EXIT.usage,
        '--name can name one target only',
        'attach the others by a call of their own',
      );
    const system = await context.openSystem();
    const snapshot = await takeSnapshot(context, system, { sections: [], processes: true });
    // All words are looked up before anything is changed.
    const targets = positional.map((text) => requireTarget(snapshot, text, system.files).namespace);
    const name = typeof options.name === 'string' ? options.name : undefined;
    const attached = targets.map((namespace) => attach(system, namespace, name));
    if (context.globals.json)
      context.out.line(JSON.stringify({ attached: attached.map((note) => note.name) }));
    else
      for (const note of attached)
        context.out.line(`attached ${note.name}: ip netns exec ${note.name} ip addr`);
    return EXIT.ok;
  },
};
