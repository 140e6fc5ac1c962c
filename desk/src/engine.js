import { unpack } from '../../js-shim/src/unpack';
import { initSync, WhatIf } from './generated/what_if';
import packed from './generated/wasm';

const [base64, bytes] = packed;
initSync({ module: unpack(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)), bytes) });

export { WhatIf };
