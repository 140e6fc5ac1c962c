import { unpackWebAssembly } from '../../src/webAssembly';
import init, { Floor, Shared, WhatIf } from './generated/what_if';
import packed from './generated/wasm';

/** Resolves when the engine can be used. */
export const engineStarted = init({ module_or_path: unpackWebAssembly(packed) });

export { Floor, Shared, WhatIf };
