/** `network-mode-shape`: the container was started without a network and has nothing but lo. By design. */
import { defineCheck, findFault } from './check.ts';
import { commandIn, shellCommand } from './shell.ts';

export const networkModeShape = defineCheck({
  id: 'network-mode-shape',
  title: 'The container has no network, by design',
  needs: ['links'],
  silences: ['ctr-no-route', 'network-internal'],
  evaluate: (context) => {
    const { from } = context;
    const [container] = from.containers;
    const onlyLoopback = from.links?.every(({ kind }) => kind === 'loopback') ?? false;
    const fault = findFault(
      context,
      'no-route',
      ({ forwarding, direction }) => !forwarding && direction === 'request',
    );
    if (!fault || !container || !onlyLoopback) return undefined;
    const chosen = container.networkMode === 'none';
    return {
      // Without a link beside lo no packet can leave; the kernel's list of links was read in full.
      confidence: 'proven',
      namespace: from.name,
      subject: `network mode ${container.networkMode}`,
      evidence: [
        { source: commandIn(from, 'ip', 'link', 'show'), value: 'only lo' },
        {
          source: shellCommand(
            'docker',
            'inspect',
            '--format',
            '{{.HostConfig.NetworkMode}}',
            container.name,
          ),
          value: container.networkMode,
        },
      ],
      fix: chosen ? [] : [shellCommand('docker', 'restart', container.name)],
      more: chosen
        ? 'This is by design: with --network none a container gets a namespace with lo alone. Start it with another network; a running container in mode none cannot be connected to one.'
        : 'The container should have a link and has only lo: its network was taken away, or the container whose namespace it shares went and came back with a new one. A restart gives it a fresh place on its network.',
      ...(chosen ? { byDesign: true } : {}),
    };
  },
});
