/** What the causes of a missing translation share. */
import type { Family } from '../model/address.ts';
import type { Evidence } from '../model/diagnosis.ts';
import { contains } from '../path/prefix.ts';
import type { Fault } from '../path/walk/fault.ts';
import { type CheckContext, findFault } from './check.ts';
import { findNetwork } from './filtered.ts';
import { commandIn, iptablesTool, shellCommand } from './shell.ts';

type Untranslated = Extract<Fault, { kind: 'not-translated' }>;

/** Networks whose addresses are meant to be seen outside (Docker 28, gateway modes). */
const UNTRANSLATED_MODES = ['routed', 'isolated'];

/** The packet that leaves untranslated although its network is meant to be translated. */
export function findUntranslated(context: CheckContext, family: Family = 'ipv4'): Untranslated | undefined {
  return findFault(context, 'not-translated', ({ inLink, packet }) => {
    if (packet.family !== family) return false;
    const options = findNetwork(context.snapshot, inLink)?.options;
    return !UNTRANSLATED_MODES.includes(options?.[`com.docker.network.bridge.gateway_mode_${family}`] ?? '');
  });
}

/** The subnet of the link that the packet came in by, or the packet's own address. */
export function subnetOf({ inLink, packet }: Untranslated): string {
  if (packet.family === 'ipv6')
    return inLink.addresses.find((one) => contains(one, packet.source) === true) ?? `${packet.source}/128`;
  const own = inLink.addresses.find((address) => !address.includes(':'));
  const [address = '', length = ''] = own?.split('/') ?? [];
  return /^\d+$/.test(length) ? networkAddress(address, Number(length)) : `${packet.source}/32`;
}

export function translationEvidence(context: CheckContext, fault: Untranslated): readonly Evidence[] {
  const { namespace, packet, outLink, inLink } = fault;
  const network = findNetwork(context.snapshot, inLink);
  const masquerade = network?.options['com.docker.network.bridge.enable_ip_masquerade'];
  return [
    {
      source: commandIn(namespace, iptablesTool('ipv4', 'nft'), '-t', 'nat', '-S', 'POSTROUTING', '-v'),
      value: fault.mismatched?.text ?? `no rule translates ${packet.source} leaving by ${outLink.name}`,
    },
    ...(masquerade === 'false' && network
      ? [
          {
            source: shellCommand('docker', 'network', 'inspect', network.name),
            value: 'com.docker.network.bridge.enable_ip_masquerade=false: by design',
          },
        ]
      : []),
  ];
}

function networkAddress(address: string, length: number): string {
  const bytes = address.split('.').map(Number);
  const masked = bytes.map(
    (byte, index) => byte & (0xff << (8 - Math.min(Math.max(length - index * 8, 0), 8))) & 0xff,
  );
  return `${masked.join('.')}/${length}`;
}
