/** The practice networks. */
import { bridgeForward } from './bridge-forward.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [bridgeForward];
