/** `local-source-martian`: the sender's address is also an address of the namespace that gets the packet (fib_validate_source). */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { isLoopback } from '../path/prefix.ts';
import { defineCheck, findFault } from './check.ts';
import { commandIn } from './shell.ts';

export const localSourceMartian = defineCheck({
  id: 'local-source-martian',
  title: "The sender's address is also configured where the packet arrives",
  needs: ['addresses', 'routes'],
  silences: ['arp-suppressed'],
  evaluate: (context) => {
    const fault = findFault(
      context,
      'source-refused',
      ({ refusal, packet, namespace }) =>
        refusal.how === 'martian' &&
        // Its own packet that was turned round to it has another reason.
        namespace.id !== context.from.id &&
        !isLoopback(packet.source) &&
        holderOf(namespace, packet.source) !== undefined,
    );
    if (!fault) return undefined;
    const { namespace, packet, link } = fault;
    const holder = holderOf(namespace, packet.source);
    if (!holder) return undefined;
    return {
      // The address list was read, and the kernel refuses a source of its own from outside unless accept_local is 1.
      confidence: 'proven',
      namespace: namespace.name,
      subject: `${packet.source} on ${holder.link.name}`,
      evidence: [
        {
          source: commandIn(namespace, 'ip', 'address', 'show', 'dev', holder.link.name),
          value: `${packet.source}/${holder.prefixLength}`,
        },
        {
          source: commandIn(
            namespace,
            ...['ip', 'route', 'get', packet.destination, 'from', packet.source, 'iif', link.name],
          ),
          value: 'refused: a source of its own',
        },
      ],
      fix: [
        commandIn(
          namespace,
          ...['ip', 'address', 'del', `${packet.source}/${holder.prefixLength}`, 'dev', holder.link.name],
        ),
      ],
      more: 'A namespace that has an address itself believes nobody else who claims it: packets from that source are martians and are thrown away without a word, and questions for a MAC from it stay unanswered. A virtual address that was moved, a second runtime or a copied configuration leaves such a double behind. Take it away from one of the two.',
    };
  },
});

function holderOf(
  { addresses = [], links = [] }: Namespace,
  source: string,
): { readonly link: Link; readonly prefixLength: number } | undefined {
  const own = addresses.find(({ address }) => address === source);
  const link = links.find(({ ifindex }) => ifindex === own?.ifindex);
  return own && link ? { link, prefixLength: own.prefixLength } : undefined;
}
