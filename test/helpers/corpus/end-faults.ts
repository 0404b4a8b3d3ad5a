/** Faults of the program that should answer. */
import { AT, type FaultClass } from './fault.ts';

export const endFaults: readonly FaultClass[] = [
  {
    id: 'svc-listens-loopback',
    what: 'the server is bound to 127.0.0.1',
    kinds: ['same-bridge', 'across', 'to-host', 'from-host', 'published-outside'],
    at: AT.receiver,
    make: (_, { servicePort, hostPort, publishedPort }, { server = 'host', kind, port }) => {
      if (port === undefined || (port === publishedPort && kind !== 'published-outside')) return undefined;
      return `rebind ${server} ${server === 'host' ? hostPort : servicePort} 127.0.0.1`;
    },
  },
  {
    id: 'svc-not-listening',
    also: ['publish-wrong-port'],
    what: 'the server has ended',
    kinds: ['same-bridge', 'across', 'to-host', 'from-host', 'published-outside', 'published-host'],
    at: AT.receiver,
    make: (_, { servicePort, hostPort }, { server = 'host', port }) =>
      port === undefined ? undefined : `rebind ${server} ${server === 'host' ? hostPort : servicePort} none`,
  },
  {
    id: 'listen-backlog-full',
    what: 'the server accepts nobody',
    kinds: ['same-bridge', 'from-host', 'to-host', 'published-outside'],
    make: (_, { servicePort, hostPort }, { server = 'host', port }) =>
      port === undefined ? undefined : `rebind ${server} ${server === 'host' ? hostPort : servicePort} full`,
  },
];
