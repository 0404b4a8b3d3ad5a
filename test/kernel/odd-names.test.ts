/** Names that look like what others are shown as: each is shown apart, and found by what is shown. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';

/** The name as the kernel has it, and as it is shown. */
const NAMES = [
  ['e\u001b', 'e\\x1b'],
  ['e\\x1b', 'e\\x5cx1b'],
  ['e\u009b', 'e\\u009b'],
  ['back\\slash', 'back\\slash'],
] as const;

type Shown = { readonly links: readonly { readonly ifindex: number; readonly name: string }[] };
type Found = { readonly hits: readonly { readonly kind: string; readonly value: string }[] };

describe('links whose names look like escapes', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    for (const [name] of NAMES) {
      await lab.ok(['ip', 'link', 'add', name, 'type', 'bridge']);
      await lab.ok(['ip', 'netns', 'add', name]);
    }
  });
  afterAll(() => lab.dispose());

  test.each(NAMES)('%j is shown as %s in tables and JSON, and is found by that', async (name, shown) => {
    const index = Number(await lab.ok(['cat', `/sys/class/net/${name}/ifindex`]));
    const { links } = await lab.netpeekJson<Shown>(['show', 'host', 'links']);
    expect(links.filter((link) => link.name === shown).map(({ ifindex }) => ifindex)).toEqual([index]);
    expect((await lab.netpeek(['ls', 'host', '--all'])).stdout.split(/\s+/)).toContain(shown);
    const found = await lab.netpeekJson<Found>(['find', shown]);
    expect(found.hits.filter(({ kind }) => kind === 'link').map(({ value }) => value)).toEqual([shown]);
    const { exitCode } = await lab.netpeek(['ls', `host/${shown}`]);
    expect(exitCode).toBe(0);
  });

  test('a name that shows nothing else can be typed as it is, too', async () => {
    expect((await lab.netpeek(['ls', 'host/e\u009b'])).exitCode).toBe(0);
    expect((await lab.netpeek(['ls', 'host/e\u009c'])).exitCode).toBe(3);
  });

  test.each(NAMES)('a namespace called %j is found as %s', async (name, shown) => {
    const { target, id } = await lab.netpeekJson<{ target: string; id: string }>(['show', shown, 'links']);
    expect(target).toBe(shown);
    expect(await lab.ok(['stat', '-Lc', '%i', `/run/netns/${name}`])).toBe(`${id}\n`);
  });
});
