/** `veth-wrong-bridge`: the host's end of the container's pair is a port of another bridge than that of its network. */
import { defineCheck } from './check.ts';
import { CONSEQUENCES, misplacedCause } from './misplaced.ts';
import { findMisplaced } from './veth-intent.ts';

export const vethWrongBridge = defineCheck({
  id: 'veth-wrong-bridge',
  title: "The container's veth is in the bridge of another network",
  needs: ['links', 'networks', 'containers'],
  silences: CONSEQUENCES,
  evaluate: (context) => {
    const place = findMisplaced(context);
    if (!place?.end.master) return undefined;
    return misplacedCause(
      place,
      'The container has an address of one network, and its cable is plugged into the bridge of another. Nobody there is in its subnet; what is sent to it is looked for on the right bridge, where it is not. A script, or an engine that was interrupted, moved the port. Put it back, or start the container anew.',
    );
  },
});
