/** What could not be read, in words. */
import type { ReactElement } from 'react';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { wrapCells } from '../../src/view/cells.ts';
import type { Line } from '../../src/view/diagnosis-lines.ts';
import { formatGap } from '../../src/view/gaps.ts';
import type { Layout } from '../layout.ts';
import { overlayColumns, TextOverlay } from './Overlay.tsx';

type Props = { readonly layout: Layout; readonly snapshot: Snapshot | undefined; readonly top: number };

export function Gaps({ layout, snapshot, top }: Props): ReactElement {
  const columns = overlayColumns(layout) - 6;
  const lines =
    snapshot === undefined || snapshot.gaps.length === 0
      ? [{ text: 'Everything that netpeek looks at was read.', tone: 'good' as const }]
      : snapshot.gaps.flatMap((gap) => bullet(formatGap(snapshot, gap), columns));
  return (
    <TextOverlay
      layout={layout}
      title="What could not be read"
      hint="Esc close · r read again"
      lines={lines}
      top={top}
    />
  );
}

function bullet(text: string, columns: number): readonly Line[] {
  return wrapCells(text, columns).map((line, index) => ({
    text: `${index === 0 ? '·' : ' '} ${line}`,
    tone: 'normal' as const,
  }));
}
