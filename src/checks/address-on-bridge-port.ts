/** `address-on-bridge-port`: an address sits on a port of a bridge, and the frames for it go to the bridge. */
import { defineCheck, findFault } from './check.ts';
import { commandIn } from './shell.ts';

export const addressOnBridgePort = defineCheck({
  id: 'address-on-bridge-port',
  title: 'The address sits on a bridge port instead of the bridge',
  needs: ['links', 'addresses'],
  evaluate: (context) => {
    const fault = findFault(context, 'address-on-port');
    if (!fault) return undefined;
    const { namespace, link } = fault;
    const bridge = link.master?.name ?? 'its bridge';
    const move = (address: string) => [
      commandIn(namespace, 'ip', 'address', 'del', address, 'dev', link.name),
      commandIn(namespace, 'ip', 'address', 'add', address, 'dev', bridge),
    ];
    const [address] = link.addresses.filter((one) => !one.startsWith('fe80:'));
    return {
      // What a port receives is handed to its bridge before any stack looks at it.
      confidence: 'proven',
      namespace: namespace.name,
      subject: link.name,
      evidence: [
        {
          source: commandIn(namespace, 'ip', 'address', 'show', 'dev', link.name),
          value: [`master ${bridge}`, ...link.addresses].join(', '),
        },
      ],
      fix: address === undefined || !link.master ? [] : move(address),
      more: 'A link that is made a port gives everything it receives to the bridge, answers to its own questions among them. An address that stays on the port can send and hears nothing. The address and the routes belong on the bridge itself; that is easily forgotten when an uplink is put into a bridge.',
    };
  },
});
