/** How `decode-node-av.child.ts` ends, for the process that started it. */
export const NODE_AV_FAILED = 2;
export const NODE_AV_MISSING = 4;
