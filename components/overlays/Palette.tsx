/** Every action by its words, found loosely. */
import type { ReactElement } from 'react';
import { formatKeys } from '../../src/keys/match.ts';
import { findPaletteActions } from '../../src/store/palette.ts';
import { fitCells } from '../../src/view/cells.ts';
import type { Layout } from '../layout.ts';
import { Choices } from './Choices.tsx';

type Props = { readonly layout: Layout; readonly text: string; readonly index: number };

const KEY_CELLS = 9;

export function Palette({ layout, text, index }: Props): ReactElement {
  const choices = findPaletteActions(text).map(
    ({ keys, help }) => `${fitCells(formatKeys(keys), KEY_CELLS)} ${help}`,
  );
  return (
    <Choices
      layout={layout}
      title="Command"
      hint="Enter run · ↑ ↓ choose · Esc close"
      mark=":"
      text={text}
      choices={choices}
      index={index}
    />
  );
}
