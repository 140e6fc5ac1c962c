import { unpacked } from '../../js-shim/src/unpacked';
import { initSync, WhatIf } from './generated/what_if';
import packed from './generated/wasm';

initSync({ module: unpacked(packed).wasm });

export { WhatIf };
