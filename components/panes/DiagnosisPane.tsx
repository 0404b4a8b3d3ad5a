/** The Diagnosis pane: what was asked, and the answer as lines that scroll. */
import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { DiagnosisState } from '../../src/store/state.ts';
import { wrapCells } from '../../src/view/cells.ts';
import { formatDiagnosis, type Line } from '../../src/view/diagnosis-lines.ts';
import { Lines } from '../ui/Lines.tsx';

/** Said while it is true: what was sent and made for the proof goes with the answer. */
const PROVING = 'being proven on the wire: a few probes, watched by rules that are taken away again…';

type Props = {
  readonly diagnosis: DiagnosisState | undefined;
  readonly columns: number;
  readonly rows: number;
};

export function DiagnosisPane({ diagnosis, columns, rows }: Props): ReactElement {
  if (diagnosis === undefined) {
    return (
      <Box height={rows} paddingLeft={1} paddingTop={1}>
        <Text dimColor>d asks why a packet from here does not arrive</Text>
      </Box>
    );
  }
  return (
    <Lines lines={answerLines(diagnosis, columns - 2)} top={diagnosis.top} columns={columns} rows={rows} />
  );
}

function answerLines(diagnosis: DiagnosisState, columns: number): readonly Line[] {
  const { result, title } = diagnosis;
  switch (result.kind) {
    case 'running':
      return [{ text: `${title}: looking…`, tone: 'dim' }];
    case 'failed':
      return [
        { text: `${title}: not diagnosed`, tone: 'warn' },
        ...wrapCells(result.reason, columns).map((text) => ({ text, tone: 'normal' as const })),
      ];
    case 'done':
      return [
        ...(result.proving ? [{ text: PROVING, tone: 'accent' as const }] : []),
        ...formatDiagnosis(result.diagnosis, columns, { wholeCommands: false, to: diagnosis.to }),
      ];
  }
}
