import { EXIT, UserError } from '../model/user-error.ts';
import type { Command } from './command.ts';
import { ls } from './ls.ts';

export const tui: Command = {
  name: 'tui',
  arguments: '[words...]',
  summary: 'opens the terminal UI',
  hidden: true,
  options: [
    {
      flags: '--attach',
      description: "attach every container's namespace under /var/run/netns while it runs",
    },
  ],
  run: async (context, args) => {
    const [word] = args.positional;
    if (word !== undefined) throw await unknownCommand(word);
    if (!context.out.isTerminal) return ls.run(context, { positional: [], options: {} });
    const { runScreen } = await import('./tui-screen.tsx');
    return runScreen(context, { attachAll: args.options.attach === true });
  },
};

async function unknownCommand(word: string): Promise<UserError> {
  const [{ commands }, { nearestNames }] = await Promise.all([
    import('./index.ts'),
    import('./nearest-names.ts'),
  ]);
  const names = commands.filter(({ hidden }) => !hidden).map(({ name }) => name.split(' ')[0] ?? name);
  const near = nearestNames(word, names);
  const advice = near.length > 0 ? `did you mean ${near.join(', ')}?` : "see 'netpeek --help'";
  return new UserError(EXIT.usage, `there is no command '${word}'`, advice);
}
