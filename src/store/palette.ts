/** The command palette: every action by its words, found loosely. */
import fuzzysort from 'fuzzysort';
import { BINDINGS, type Binding } from '../keys/actions.ts';

/** What makes no sense to choose by name: movements, and the palette itself. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'move-down',
  'move-up',
  'page-down',
  'page-up',
  'first',
  'last',
  'next-focus',
  'focus-list',
  'focus-pane',
  'open',
  'back',
  'pane',
  'previous-pane',
  'next-pane',
  'palette',
  'close',
]);
const CHOICES = BINDINGS.filter((binding) => !LEFT_OUT.has(binding.action));

export function findPaletteActions(text: string): readonly Binding[] {
  if (text.trim() === '') return CHOICES;
  const words = (binding: Binding) => `${binding.hint} ${binding.help}`;
  return fuzzysort.go(text.trim(), CHOICES, { key: words, threshold: 0, limit: 0 }).map((hit) => hit.obj);
}
