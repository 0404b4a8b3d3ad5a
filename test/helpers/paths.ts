/** Where things are: the checkout, the pinned runtime that `npm ci` brings, and the built program. */
import { fileURLToPath } from 'node:url';

/** The root of the checkout, without a slash at its end. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** The pinned Node: tests run the program under the runtime that it is shipped with. */
export const node = `${checkout}/node_modules/.bin/node`;
/** The built program (`npm run build`). */
export const program = `${checkout}/dist/main.js`;
