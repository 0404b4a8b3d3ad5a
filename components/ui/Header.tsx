/** The top edge: whose host this is, what answers, how many namespaces, and what could not be read. */
import type { ReactElement } from 'react';
import type { State } from '../../src/store/state.ts';
import { formatPlural } from '../../src/view/format.ts';
import { Edge, type EdgeText } from './Frame.tsx';

export function Header({
  state,
  columns,
}: {
  readonly state: State;
  readonly columns: number;
}): ReactElement {
  return (
    <Edge corners={['┌', '┐']} left={describeHost(state)} right={describeGaps(state)} columns={columns} />
  );
}

function describeHost({ snapshot }: State): readonly EdgeText[] {
  const name: EdgeText = { text: 'netpeek', bold: true, tone: 'accent' };
  if (snapshot === undefined) return [name];
  const { hostname, engine, namespaces } = snapshot;
  const what = engine === null ? 'no engine' : `${engine.name} ${engine.version}`;
  return [
    name,
    { text: ` · ${hostname}` },
    { text: ` · ${what}`, tone: engine === null ? 'warn' : 'normal' },
    { text: ` · ${formatPlural(namespaces.length, 'namespace')}` },
  ];
}

function describeGaps({ snapshot }: State): readonly EdgeText[] {
  const gaps = snapshot?.gaps.length ?? 0;
  const help: EdgeText = { text: '? help', tone: 'dim' };
  return gaps === 0
    ? [help]
    : [{ text: `! ${formatPlural(gaps, 'gap')}`, tone: 'warn' }, { text: ' · ', tone: 'dim' }, help];
}
