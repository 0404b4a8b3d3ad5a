/** `netpeek` alone: the terminal UI, or `ls` where stdout is no terminal. */
import type { Command } from './command.ts';
import { ls } from './ls.ts';

export const tui: Command = {
  name: 'tui',
  arguments: '[words...]',
  summary: 'opens the terminal UI',
  hidden: true,
  fromFile: true,
  options: [
    {
      flags: '--attach',
      description: "attach every container's namespace under /var/run/netns while it runs",
    },
  ],
  run: async (context, args) => {
    if (!context.out.isTerminal) return ls.run(context, { positional: [], options: {} });
    const { runScreen } = await import('./tui-screen.tsx');
    return runScreen(context, { attachAll: args.options.attach === true });
  },
};
