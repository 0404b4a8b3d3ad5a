/** Everything a key can do in the terminal UI, with its default keys and its words: help and docs come from here. */

export type ActionId =
  | 'move-down'
  | 'move-up'
  | 'page-down'
  | 'page-up'
  | 'first'
  | 'last'
  | 'next-focus'
  | 'focus-list'
  | 'focus-pane'
  | 'open'
  | 'back'
  | 'filter'
  | 'pane'
  | 'previous-pane'
  | 'next-pane'
  | 'capture'
  | 'capture-filter'
  | 'pause'
  | 'diagnose'
  | 'attach'
  | 'copy'
  | 'save-snapshot'
  | 'rescan'
  | 'commands'
  | 'gaps'
  | 'mouse'
  | 'palette'
  | 'help'
  | 'close'
  | 'quit';

export type Binding = {
  readonly action: ActionId;
  /** Key names as `key-names.ts` writes them; the first is the one that hints show. */
  readonly keys: readonly string[];
  /** One or two words, for the hints in the footer. */
  readonly hint: string;
  readonly help: string;
};

export type BindingGroup = { readonly title: string; readonly bindings: readonly Binding[] };

export const KEY_GROUPS: readonly BindingGroup[] = [
  {
    title: 'Move',
    bindings: [
      { action: 'move-down', keys: ['j', 'down'], hint: 'down', help: 'one row down' },
      { action: 'move-up', keys: ['k', 'up'], hint: 'up', help: 'one row up' },
      { action: 'page-down', keys: ['pagedown', 'ctrl+f'], hint: 'page down', help: 'one page down' },
      { action: 'page-up', keys: ['pageup', 'ctrl+b'], hint: 'page up', help: 'one page up' },
      { action: 'first', keys: ['g', 'home'], hint: 'first', help: 'to the first row' },
      { action: 'last', keys: ['G', 'end'], hint: 'last', help: 'to the last row' },
      {
        action: 'next-focus',
        keys: ['tab'],
        hint: 'focus',
        help: 'from the list to the pane to the capture',
      },
      { action: 'focus-list', keys: ['left'], hint: 'list', help: 'to the list' },
      { action: 'focus-pane', keys: ['right'], hint: 'pane', help: 'to the pane' },
      {
        action: 'open',
        keys: ['enter'],
        hint: 'open',
        help: 'open; in a pane follow a peer, bridge or next hop',
      },
      { action: 'back', keys: ['backspace'], hint: 'back', help: 'back to where you followed from' },
    ],
  },
  {
    title: 'Look',
    bindings: [
      { action: 'filter', keys: ['/'], hint: 'filter', help: 'filter the list loosely: wb finds web' },
      {
        action: 'pane',
        keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
        hint: 'pane',
        help: 'the pane with that number, as its tab says',
      },
      { action: 'previous-pane', keys: ['['], hint: 'previous', help: 'the pane before' },
      { action: 'next-pane', keys: [']'], hint: 'next', help: 'the next pane; some have no number' },
      { action: 'commands', keys: ['x'], hint: 'commands', help: 'the commands that show the same by hand' },
      { action: 'gaps', keys: ['!'], hint: 'gaps', help: 'what could not be read, why, and what would help' },
      { action: 'rescan', keys: ['r'], hint: 'read again', help: 'read everything again, now' },
    ],
  },
  {
    title: 'Do',
    bindings: [
      { action: 'capture', keys: ['c'], hint: 'capture', help: 'capture packets here; again to stop' },
      { action: 'capture-filter', keys: ['C'], hint: 'capture…', help: 'choose a capture filter first' },
      { action: 'pause', keys: ['p'], hint: 'pause', help: 'pause the capture on the screen, or go on' },
      {
        action: 'diagnose',
        keys: ['d'],
        hint: 'diagnose',
        help: 'say why a packet from here does not arrive',
      },
      { action: 'attach', keys: ['a'], hint: 'attach', help: 'attach or detach under /var/run/netns' },
      {
        action: 'copy',
        keys: ['y'],
        hint: 'copy',
        help: 'copy the row, or the fix, to the clipboard (OSC 52)',
      },
      { action: 'save-snapshot', keys: ['s'], hint: 'save', help: 'save a snapshot of everything to a file' },
    ],
  },
  {
    title: 'netpeek',
    bindings: [
      { action: 'palette', keys: [':'], hint: 'command', help: 'find an action by its name' },
      {
        action: 'mouse',
        keys: ['m'],
        hint: 'mouse',
        help: 'let the terminal select text, or take the mouse back',
      },
      { action: 'help', keys: ['?'], hint: 'help', help: 'all keys' },
      {
        action: 'close',
        keys: ['esc'],
        hint: 'close',
        help: 'close what is open: an overlay, the capture, the filter',
      },
      { action: 'quit', keys: ['q', 'ctrl+c'], hint: 'quit', help: 'quit' },
    ],
  },
];

export const BINDINGS: readonly Binding[] = KEY_GROUPS.flatMap((group) => group.bindings);
