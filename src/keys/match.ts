/** From a key to the action it is bound to. */
import { type ActionId, BINDINGS, type Binding } from './actions.ts';

/** The action of a key name; `bindings` differ from the default where the user remapped them. */
export function matchAction(key: string, bindings: readonly Binding[] = BINDINGS): ActionId | undefined {
  return bindings.find((binding) => binding.keys.includes(key))?.action;
}

/** The binding of an action, for hints: its first key and its words. */
export function findBinding(action: ActionId, bindings: readonly Binding[] = BINDINGS): Binding | undefined {
  return bindings.find((binding) => binding.action === action);
}

const SYMBOLS: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pagedown: 'PgDn',
  pageup: 'PgUp',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  tab: 'Tab',
  esc: 'Esc',
  backspace: 'Backspace',
};

/** The keys as people read them: `j ↓`, `1…9`, `Ctrl-C`. */
export function formatKeys(keys: readonly string[]): string {
  if (keys.length > 3) return `${formatKey(keys[0] ?? '')}…${formatKey(keys.at(-1) ?? '')}`;
  return keys.map(formatKey).join(' ');
}

export function formatKey(key: string): string {
  if (key.startsWith('ctrl+')) return `Ctrl-${key.slice('ctrl+'.length).toUpperCase()}`;
  return SYMBOLS[key] ?? key;
}
