import type { KeptPiece, PieceStore } from "../src/port.ts";

/** Pieces as the database keeps them: as JSON. */
export const memoryStore = (): PieceStore & { saved: { engine: string; json: string }[] } => {
  const saved: { engine: string; json: string }[] = [];
  return {
    saved,
    find: async (engineName) =>
      // As it was saved.
      saved.filter((one) => one.engine === engineName).map(({ json }) => JSON.parse(json) as KeptPiece),
    save: async (engineName, piece) => void saved.push({ engine: engineName, json: JSON.stringify(piece) }),
  };
};
