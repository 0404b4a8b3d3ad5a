/** `loopback-down`: `lo` is down, as in every namespace that nobody has prepared (network_namespaces(7)). */
import { defineCheck, findFault } from './check.ts';
import { downCause } from './down-cause.ts';

export const loopbackDown = defineCheck({
  id: 'loopback-down',
  title: 'The loopback link is down',
  needs: ['links'],
  evaluate: (context) => {
    const fault = findFault(context, 'link-down', ({ link }) => link.kind === 'loopback');
    return (
      fault &&
      downCause(
        fault,
        "A new network namespace starts with lo down. Until it is up, 127.0.0.1 and each of the namespace's own addresses are unreachable from inside it, because the kernel delivers local packets over lo.",
      )
    );
  },
});
