/** `arp-suppressed`: somebody has the address and does not answer for it (arp_ignore in ip-sysctl.rst, IFF_NOARP). */
import { defineCheck, findFault } from './check.ts';
import { commandIn, sysctlOf } from './shell.ts';

export const arpSuppressed = defineCheck({
  id: 'arp-suppressed',
  title: 'The owner of the address does not answer who has it',
  needs: ['sysctls', 'addresses', 'links'],
  evaluate: (context) => {
    const fault = findFault(context, 'neighbour-silent');
    if (!fault) return undefined;
    const { owner, why, namespace, link } = fault;
    const off = [owner.link, link].find(({ noArp }) => noArp);
    const at = off === link ? namespace : owner.namespace;
    const ignore = off ? [] : switches(owner.namespace.sysctls ?? {}, owner.link.name);
    return {
      confidence: 'likely',
      namespace: at.name,
      subject: (off ?? owner.link).name,
      evidence: [
        { source: commandIn(namespace, 'ip', 'neigh', 'show', 'dev', link.name), value: 'no answer' },
        off
          ? { source: commandIn(at, 'ip', 'link', 'show', 'dev', off.name), value: 'NOARP' }
          : { source: commandIn(at, 'sysctl', '-a', '--pattern', 'arp_ignore|arp_filter'), value: why },
      ],
      fix: off
        ? [commandIn(at, 'ip', 'link', 'set', 'dev', off.name, 'arp', 'on')]
        : ignore.map((key) => commandIn(at, 'sysctl', '-w', `${key}=0`)),
      more: 'Before a packet can go to an address on the link, its MAC has to be found: ARP asks everybody on the network. A host that has the address and keeps silent, because of arp_ignore, arp_filter or a link with ARP off, looks as if it were gone: the neighbour stays INCOMPLETE or FAILED, although cable, bridge and firewall are all healthy.',
    };
  },
});

/** The switches that are on, of all links and of this one. */
function switches(sysctls: Readonly<Record<string, string>>, link: string): readonly string[] {
  return ['all', link].flatMap((name) =>
    ['arp_ignore', 'arp_filter']
      .filter((one) => (sysctls[`ipv4/conf/${name}/${one}`] ?? '0') !== '0')
      .map((one) => sysctlOf('ipv4', name, one)),
  );
}
