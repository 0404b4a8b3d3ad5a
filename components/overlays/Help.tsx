/** All keys, from the key table. */
import type { ReactElement } from 'react';
import { KEY_GROUPS } from '../../src/keys/actions.ts';
import { formatKeys } from '../../src/keys/match.ts';
import { fitCells } from '../../src/view/cells.ts';
import type { Line } from '../../src/view/diagnosis-lines.ts';
import type { Layout } from '../layout.ts';
import { TextOverlay } from './Overlay.tsx';

const KEY_CELLS = 13;

export function Help({ layout, top }: { readonly layout: Layout; readonly top: number }): ReactElement {
  return (
    <TextOverlay
      layout={layout}
      title="Keys"
      hint="Esc close · j k scroll"
      lines={[...helpLines(), ...LEGEND]}
      top={top}
    />
  );
}

function helpLines(): readonly Line[] {
  return KEY_GROUPS.flatMap(({ title, bindings }) => [
    { text: title, tone: 'accent' as const },
    ...bindings.map(({ keys, help }) => ({
      text: `  ${fitCells(formatKeys(keys), KEY_CELLS)} ${help}`,
      tone: 'normal' as const,
    })),
  ]);
}

const LEGEND: readonly Line[] = [
  { text: 'Marks', tone: 'accent' },
  { text: '  ◆ this host    ○ namespace without a container', tone: 'normal' },
  { text: '  ● container    ◌ container that does not run', tone: 'normal' },
];
