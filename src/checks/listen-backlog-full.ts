/** `listen-backlog-full`: a program listens and accepts nobody: its queue is full, and SYNs are dropped (sk_acceptq_is_full, listen(2)). */
import { defineCheck, findFault } from './check.ts';
import { commandIn } from './shell.ts';

export const listenBacklogFull = defineCheck({
  id: 'listen-backlog-full',
  title: 'The service accepts no connections: its queue is full',
  needs: ['sockets'],
  evaluate: (context) => {
    const fault = findFault(context, 'queue-full');
    if (!fault) return undefined;
    const { namespace, socket } = fault;
    const [owner] = socket.owners ?? [];
    return {
      confidence: 'likely',
      namespace: namespace.name,
      subject: owner ? `${owner.name} (pid ${owner.pid})` : String(socket.port),
      evidence: [
        {
          source: commandIn(namespace, 'ss', '-ltn'),
          value: `port ${socket.port}: Recv-Q ${socket.receiveQueue}, Send-Q ${socket.backlog ?? '?'}`,
        },
      ],
      fix: [],
      more: 'A listening socket keeps connections until the program accepts them, as many as its backlog and one more; then the kernel drops each further SYN without a word, and clients run into their timeout although the port listens. The program hangs, was stopped, or is too slow for what comes. TcpExtListenOverflows in nstat counts it. The network is healthy: look at the program.',
    };
  },
});
