/** Comparing two readings of something that lives: what the kernel ages and learns may change in between. */
import { waitFor } from './wait-for.ts';

/** Reads the truth, the claim and the truth again, until the truth was the same both times. */
export async function readWhileStill<Truth, Claim>(
  readTruth: () => Promise<Truth>,
  readClaim: () => Promise<Claim>,
): Promise<{ readonly truth: Truth; readonly claim: Claim }> {
  return waitFor('a moment in which nothing changes', async () => {
    const truth = await readTruth();
    const claim = await readClaim();
    return JSON.stringify(await readTruth()) === JSON.stringify(truth) && { truth, claim };
  });
}
