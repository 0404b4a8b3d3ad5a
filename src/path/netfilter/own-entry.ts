/** A look into a table by a name that somebody else chose: `constructor` is in every object and in no table. */

/** undefined for a name that is not the table's own. */
export function ownEntry<Of>(table: Readonly<Record<string, Of>>, name: string): Of | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
