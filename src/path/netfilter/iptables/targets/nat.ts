/** SNAT, DNAT, MASQUERADE, REDIRECT and NETMAP (xt_nat.c, xt_MASQUERADE.c, xt_REDIRECT.c, xt_NETMAP.c). */
import type { Match } from '../../../../model/firewall.ts';
import { parseAddress } from '../../conditions/address-value.ts';
import type { NatRange, Rewrite, Step, Verdict } from '../../program.ts';
import type { Target } from '../compile-target.ts';

type Manip = Rewrite['manip'];
type To = Pick<Rewrite, 'address' | 'port'>;

export const sourceNat: Target = (options) => given('source', options, 'to-source');
export const destinationNat: Target = (options) => given('destination', options, 'to-destination');
export const masquerade: Target = (options) => own('source', options);
export const redirect: Target = (options) => own('destination', options);

/** The destination on the way in or at the sender, the source on the way out (netmap_tg4()). */
export const netmap: Target = (options) => {
  const [text = ''] = valuesOf(options, 'to');
  const [network = '', length] = text.split('/');
  const value = parseAddress(network);
  const bits = length === undefined ? (value?.length ?? 1) * 32 : Number(length);
  const known = value && /^\d{1,3}$/.test(length ?? '0');
  const to: Omit<Rewrite, 'manip'> = known
    ? { address: { first: network, last: network }, netmapLength: bits }
    : { address: 'unknown' };
  const verdicts = {
    source: nat({ manip: 'source', ...to }),
    destination: nat({ manip: 'destination', ...to }),
  };
  return [
    {
      kind: 'decide',
      decide: (_, { hook }) => {
        if (hook === 'prerouting' || hook === 'output') return verdicts.destination;
        return hook === 'postrouting' || hook === 'input' ? verdicts.source : [{ kind: 'unknown' }];
      },
    },
  ];
};

function given(manip: Manip, options: readonly Match[], name: string): readonly Step[] {
  const texts = valuesOf(options, name);
  const [text = ''] = texts;
  // Several were allowed once (before Linux 2.6.11); which one is taken depends on the connections there are.
  const to: To = texts.length === 1 ? parseTo(text) : { address: 'unknown', port: 'unknown' };
  return translation({ manip, ...to, ...randomness(options) });
}

function own(manip: Manip, options: readonly Match[]): readonly Step[] {
  const [ports] = valuesOf(options, 'to-ports');
  const port = ports === undefined ? {} : { port: parsePorts(ports) };
  return translation({ manip, address: 'own', ...port, ...randomness(options) });
}

/** `ADDRESS[-ADDRESS][:PORT[-PORT][/BASE]]`, where an IPv6 address stands in brackets if a port follows; or `:PORT`. */
function parseTo(text: string): To {
  const [, bracketed, rest] = /^\[([^\]]*)\](?::(.*))?$/.exec(text) ?? [];
  if (bracketed !== undefined) return joinTo(bracketed, rest);
  const colon = text.indexOf(':');
  if (colon < 0 || text.indexOf(':', colon + 1) >= 0) return joinTo(text, undefined);
  return joinTo(text.slice(0, colon), text.slice(colon + 1));
}

function joinTo(addresses: string, ports: string | undefined): To {
  return {
    ...(addresses === '' ? {} : { address: parseAddresses(addresses) }),
    ...(ports === undefined ? {} : { port: parsePorts(ports) }),
  };
}

function parseAddresses(text: string): NatRange<string> | 'unknown' {
  const [first = '', last = first] = text.split('-');
  return parseAddress(first) && parseAddress(last) ? { first, last } : 'unknown';
}

/** With a base port, the port depends on the old one (NF_NAT_RANGE_PROTO_OFFSET). */
function parsePorts(text: string): NatRange<number> | 'unknown' {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return first === undefined ? 'unknown' : { first: Number(first), last: Number(last) };
}

function randomness(options: readonly Match[]): { readonly random?: boolean } {
  return options.some(({ option }) => option === 'random' || option === 'random-fully')
    ? { random: true }
    : {};
}

function translation(rewrite: Rewrite): readonly Step[] {
  const verdicts = nat(rewrite);
  return [{ kind: 'decide', decide: () => verdicts }];
}

function nat(rewrite: Rewrite): readonly Verdict[] {
  return [{ kind: 'nat', rewrite }];
}

function valuesOf(options: readonly Match[], name: string): readonly string[] {
  return options.filter(({ option }) => option === name).flatMap(({ values }) => values);
}
