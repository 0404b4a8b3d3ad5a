/** Asks where the diagnosed packet goes: a proposal, or an address as typed. */
import type { ReactElement } from 'react';
import { fitCells, measureCells, truncateMiddle } from '../../src/view/cells.ts';
import type { Proposal } from '../../src/view/destinations.ts';
import type { Layout } from '../layout.ts';
import { Choices } from './Choices.tsx';

type Props = {
  readonly layout: Layout;
  readonly name: string;
  readonly text: string;
  readonly found: readonly Proposal[];
  readonly index: number;
};

const WIDEST_LABEL = 44;

export function Destinations({ layout, name, text, found, index }: Props): ReactElement {
  const labels = found.map(({ label }) => truncateMiddle(label, WIDEST_LABEL));
  const labelCells = Math.max(0, ...labels.map(measureCells));
  const choices = found.map(({ to = '' }, row) =>
    [fitCells(labels[row] ?? '', labelCells), to].filter((part) => part !== '').join('  '),
  );
  return (
    <Choices
      layout={layout}
      title={`Diagnose ${name}: to where?`}
      hint="Enter go · ↑ ↓ choose · Esc cancel"
      mark="›"
      text={text}
      example="type a name, or IP, IP:PORT, [IPv6]:PORT: 192.0.2.1:443"
      choices={choices}
      index={index}
    />
  );
}
