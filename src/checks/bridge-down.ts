/** `bridge-down`: the bridge itself is down, and drops what its ports bring (br_handle_frame in net/bridge). */
import { defineCheck, findFault } from './check.ts';
import { downCause } from './down-cause.ts';

export const bridgeDown = defineCheck({
  id: 'bridge-down',
  title: 'The bridge is set down',
  needs: ['links'],
  evaluate: (context) => {
    const fault = findFault(context, 'link-down', ({ link }) => link.kind === 'bridge');
    return (
      fault &&
      downCause(
        fault,
        'A bridge that is down forwards nothing, although its ports are up and look healthy. Network managers of the host do this to bridges that they believe to be theirs; tell them to leave docker0 and br-* alone.',
      )
    );
  },
});
