/** The overlay of the current mode, if it has one. */
import type { ReactElement } from 'react';
import { chosenTarget, proposals } from '../../src/store/selectors.ts';
import type { State } from '../../src/store/state.ts';
import type { Layout } from '../layout.ts';
import { Commands } from './Commands.tsx';
import { Destinations } from './Destinations.tsx';
import { Gaps } from './Gaps.tsx';
import { Help } from './Help.tsx';
import { Palette } from './Palette.tsx';
import { Prompt } from './Prompt.tsx';

type Props = { readonly state: State; readonly layout: Layout };

export function Overlays({ state, layout }: Props): ReactElement | null {
  const { mode } = state;
  const name = chosenTarget(state)?.name ?? '';
  switch (mode.kind) {
    case 'normal':
    case 'filter':
      return null;
    case 'help':
      return <Help layout={layout} top={mode.top} />;
    case 'gaps':
      return <Gaps layout={layout} snapshot={state.snapshot} top={mode.top} />;
    case 'commands':
      return <Commands layout={layout} state={state} top={mode.top} />;
    case 'palette':
      return <Palette layout={layout} text={mode.text} index={mode.index} />;
    case 'capture-filter':
      return (
        <Prompt
          layout={layout}
          title={`Capture in ${name}: which packets?`}
          text={mode.text}
          help="as tcpdump takes it: icmp · tcp port 80 · host 10.0.0.2"
          hint="Enter start (empty: everything) · Esc cancel"
        />
      );
    case 'diagnose':
      return (
        <Destinations
          layout={layout}
          name={name}
          text={mode.text}
          found={proposals(state, mode.text)}
          index={mode.index}
        />
      );
  }
}
