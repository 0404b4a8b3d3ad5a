/** What a translating rule does, as a sentence; undefined wherever a sentence would say less, or more, than the rule. */
import type { NftHook } from '../../model/nftables.ts';
import { isAddress, joinPort } from './address-text.ts';
import type { Condition } from './condition.ts';
import type { Names } from './names.ts';
import type { Action } from './program.ts';
import { formatSubject } from './subject.ts';

/** Where Docker's embedded DNS server answers in a container's namespace. */
const RESOLVER = '127.0.0.11';

export type Phrased = {
  readonly conditions: readonly Condition[];
  readonly action: Action;
  /** Told only where it matters: for what the namespace itself sends, or takes. */
  readonly hook: NftHook | undefined;
  /** On its way in, or where it is sent from: the destination is changed. */
  readonly isInbound: boolean;
};

export function formatTranslation(phrased: Phrased, names: Names, hasContainer: boolean): string | undefined {
  const special = hasContainer ? formatResolver(phrased) : undefined;
  if (special !== undefined) return special;
  const itself = formatHairpin(phrased, names);
  if (itself !== undefined) return itself;
  const subject = formatSubject(phrased.conditions, phrased.hook, names);
  const verb = formatAction(phrased, names);
  return subject === undefined || verb === undefined ? undefined : `${subject} ${verb}`;
}

function formatAction({ action, isInbound }: Phrased, names: Names): string | undefined {
  const { how, address, port } = action;
  const ports = port === undefined ? '' : port.includes('-') ? `ports ${port}` : `port ${port}`;
  switch (how) {
    case 'masquerade':
      return port === undefined ? 'is masqueraded' : `is masqueraded, from ${ports}`;
    case 'redirect':
      return `is sent to ${port === undefined ? `${names.here} itself` : `${ports} of ${names.here}`} (REDIRECT)`;
    case 'netmap':
      if (address === undefined) return undefined;
      return isInbound
        ? `is sent to the same host of ${address} (NETMAP)`
        : `is sent as the same host of ${address} (NETMAP)`;
    case 'snat':
      return address === undefined
        ? `gets the source ${ports} (SNAT)`
        : `is sent as ${toOf(action, names)} (SNAT)`;
    case 'dnat':
      return `is sent to ${address === undefined ? ports : toOf(action, names)} (DNAT)`;
    case 'unclear':
      return undefined;
  }
}

function toOf({ address = '', port }: Action, names: Names): string {
  const to = port === undefined ? address : joinPort(address, port);
  if (!isAddress(address)) return to;
  const name = names.withName(address);
  return name === address ? to : `${name.slice(0, name.length - address.length)}${to}`;
}

/** What a container sends to its own published port: it must not see its own address as the sender. */
function formatHairpin({ conditions, action }: Phrased, names: Names): string | undefined {
  const of = (kind: Condition['kind']) => conditions.filter((one) => one.kind === kind);
  const [source, ...more] = of('source');
  const [destination, ...others] = of('destination');
  if (action.how !== 'masquerade' || action.port !== undefined || !source || !destination) return undefined;
  if (source.kind === 'other' || destination.kind === 'other' || source.not || destination.not)
    return undefined;
  const [address, ...rest] = source.values;
  if (address === undefined || !isAddress(address) || more.length + others.length + rest.length > 0)
    return undefined;
  if (destination.values.length !== 1 || destination.values[0] !== address) return undefined;
  const remaining = conditions.filter((one) => one !== source && one !== destination);
  const [port] = of('destination-port');
  const [protocol] = of('protocol');
  if (remaining.length !== 2 || !isOne(port) || !isOne(protocol)) return undefined;
  return `${protocol.values[0]} from ${names.withName(address)} to its own port ${port.values[0]} is masqueraded`;
}

/** Questions to 127.0.0.11:53 are sent to the port that Docker's server has there, and its answers come from port 53. */
function formatResolver({ conditions, action }: Phrased): string | undefined {
  const isPlain = conditions.every((one) => one.kind !== 'other' && !one.not && one.values.length === 1);
  if (!isPlain) return undefined;
  const only = (kind: Condition['kind']) => {
    const found = conditions.find((one) => one.kind === kind);
    return found && found.kind !== 'other' ? found.values[0] : undefined;
  };
  const protocol = only('protocol');
  const { how, address, port } = action;
  if (protocol === undefined || port === undefined) return undefined;
  const asked = only('destination') === RESOLVER && only('destination-port') === '53';
  if (how === 'dnat' && address === RESOLVER && asked && conditions.length === 3)
    return `DNS queries (${protocol}) to ${RESOLVER}:53 go to ${address}:${port}, Docker's resolver`;
  const own = only('source-port');
  const isAnswer = only('source') === RESOLVER && own !== undefined && how === 'snat' && port === '53';
  if (isAnswer && address === undefined && conditions.every(({ kind }) => ANSWER_FIELDS.has(kind)))
    return `answers (${protocol}) of Docker's resolver, ${RESOLVER}:${own}, come from port 53 again`;
  return undefined;
}

const ANSWER_FIELDS: ReadonlySet<string> = new Set(['protocol', 'source', 'source-port', 'destination']);

function isOne(condition: Condition | undefined): condition is Exclude<Condition, { kind: 'other' }> {
  return (
    condition !== undefined && condition.kind !== 'other' && !condition.not && condition.values.length === 1
  );
}
