/** A published port: what goes to an address of this host and one port of it is sent to a container. */
import type { Namespace } from '../../model/namespace.ts';
import type { Socket } from '../../model/socket.ts';
import { isAddress, joinPort, plainAddress } from './address-text.ts';
import type { Condition, Known } from './condition.ts';
import type { Way } from './flatten.ts';
import type { Names } from './names.ts';
import type { Action } from './program.ts';
import { joinWords } from './subject.ts';

/** `/proc/PID/comm` of Docker's proxy, which takes what no rule translates. */
const PROXY = 'docker-proxy';
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.0/8', '::1', '::1/128']);

type Listener = {
  readonly protocol: string;
  readonly port: string;
  /** Absent: every address of the host. */
  readonly address?: string;
  /** What comes in by these links is not translated. */
  readonly notFrom: readonly string[];
  /** Nor what these addresses send. */
  readonly notSources: readonly string[];
};

/**
 * `published 8080/tcp → web 172.17.0.2:80, by DNAT and docker-proxy pid 812`; undefined where the ways to the rule ask more
 * than that, or less.
 */
export function formatPublished(
  action: Action,
  ways: readonly Way[],
  namespace: Namespace,
  names: Names,
): { readonly text: string; readonly pids: readonly number[] } | undefined {
  if (action.how !== 'dnat' || action.address === undefined || !isAddress(action.address)) return undefined;
  const listeners = ways
    .filter(({ hook }) => hook === 'prerouting')
    .map(({ conditions }) => listenerOf(conditions));
  const [listener, ...others] = listeners;
  const sent = ways.filter(({ hook }) => hook === 'output').map(({ conditions }) => senderOf(conditions));
  const [sender, ...moreSenders] = sent;
  if (!listener || others.length > 0 || moreSenders.length > 0) return undefined;
  if (listeners.length + sent.length < ways.length) return undefined;
  if (sent.length > 0 && (!sender || !isSame(listener, sender))) return undefined;
  const { protocol, port, address } = listener;
  const notFrom = [...listener.notFrom, ...listener.notSources];
  const target = action.port === undefined ? action.address : joinPort(action.address, action.port);
  const where = address === undefined ? port : joinPort(address, port);
  const name = names.withName(action.address);
  const owner = name === action.address ? '' : name.slice(0, name.length - action.address.length);
  const pids = proxyPids(namespace, listener, action.address.includes(':'));
  const spared = [
    ...(notFrom.length > 0 ? [`from ${joinWords(notFrom, 'or')}`] : []),
    ...(sender === undefined
      ? [`from ${names.here}`]
      : sender.isLoopbackSpared
        ? ['to a loopback address']
        : []),
  ];
  const rest =
    pids.length > 0
      ? ` and ${PROXY} pid ${joinWords(pids.map(String), 'and')}`
      : spared.length > 0
        ? `, but not ${joinWords(spared, 'or')}`
        : '';
  return { text: `published ${where}/${protocol} → ${owner}${target}, by DNAT${rest}`, pids };
}

/**
 * Ports that Docker's proxy takes beside those of which a sentence tells: `published [::]:8080/tcp, by docker-proxy pid 815`,
 * and `alone` where it is certain that no rule translates what goes there.
 */
export function formatProxies(
  { sockets = [] }: Namespace,
  known: ReadonlySet<number>,
  mayBeTranslated: (socket: Socket) => boolean,
): readonly { readonly key: string; readonly text: string }[] {
  return sockets.flatMap((socket) => {
    const { protocol, address, port, owners = [] } = socket;
    return owners
      .filter(({ name, pid }) => name === PROXY && !known.has(pid))
      .map(({ pid }) => ({
        key: `${protocol} ${address} ${port} ${pid}`,
        text: `published ${joinPort(address, port)}/${protocol}, by ${PROXY} pid ${pid}${mayBeTranslated(socket) ? '' : ' alone: no rule translates it'}`,
      }));
  });
}

/** The processes of Docker's proxy that listen there, where the namespace's sockets were read. */
function proxyPids(
  { sockets = [] }: Namespace,
  { protocol, port, address }: Listener,
  isIPv6: boolean,
): readonly number[] {
  const listening = sockets.filter((socket) => {
    if (socket.protocol !== protocol || String(socket.port) !== port) return false;
    const takes = isIPv6
      ? socket.family === 'ipv6'
      : socket.family === 'ipv4' || (socket.address === '::' && socket.v6only === false);
    const any = socket.address === '0.0.0.0' || socket.address === '::';
    return takes && (any || address === undefined || socket.address === address);
  });
  const pids = listening.flatMap(({ owners = [] }) =>
    owners.filter(({ name }) => name === PROXY).map(({ pid }) => pid),
  );
  return [...new Set(pids)].sort((a, b) => a - b);
}

function listenerOf(conditions: readonly Condition[]): Listener | undefined {
  let protocol: string | undefined;
  let port: string | undefined;
  let address: string | undefined;
  let isLocal = false;
  const notFrom: string[] = [];
  const notSources: string[] = [];
  for (const condition of conditions) {
    if (condition.kind === 'other') return undefined;
    const [value] = condition.values;
    if (condition.kind === 'in' && condition.not) notFrom.push(...condition.values);
    else if (condition.kind === 'source' && condition.not) notSources.push(...condition.values);
    else if (condition.not) return undefined;
    else if (condition.kind === 'to-local') isLocal = true;
    else if (value === undefined || condition.values.length !== 1) return undefined;
    else if (condition.kind === 'protocol') protocol = value;
    else if (condition.kind === 'destination-port') port = value;
    else if (condition.kind === 'destination' && isAddress(value)) address = value;
    else return undefined;
  }
  if (!isLocal || protocol === undefined || port === undefined) return undefined;
  return { protocol, port, ...(address === undefined ? {} : { address }), notFrom, notSources };
}

/** The same for what the host itself sends, but that loopback addresses may be left out. */
function senderOf(conditions: readonly Condition[]) {
  const isSpared = (condition: Condition): condition is Known =>
    condition.kind === 'destination' && condition.not && condition.values.every((one) => LOOPBACK.has(one));
  const listener = listenerOf(conditions.filter((condition) => !isSpared(condition)));
  return listener && { ...listener, isLoopbackSpared: conditions.some(isSpared) };
}

function isSame(one: Listener, other: Listener): boolean {
  return (
    one.protocol === other.protocol &&
    one.port === other.port &&
    one.notSources.join() === other.notSources.join() &&
    plainAddress(one.address ?? '') === plainAddress(other.address ?? '')
  );
}
