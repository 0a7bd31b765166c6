import { type BibleEntity, MAX_BIBLE_ENTITIES } from "@phonoscene/contracts";

import type { StoredBible } from "../port.ts";

const namesOf = ({ name, aliases }: BibleEntity): string[] => [name, ...aliases].map((word) => word.toLowerCase());

const isSame = (one: BibleEntity, other: BibleEntity): boolean => {
  if (one.id === other.id) return true;
  const names = new Set(namesOf(one));
  return namesOf(other).some((name) => names.has(name));
};

/**
 * What the owner wrote stays, with the scenes that were found to name it; what was read anew comes around it. What the
 * owner removed does not come back, nor does a second entry for somebody who has one.
 */
export const mergeBible = (stored: StoredBible | null, found: readonly BibleEntity[]): BibleEntity[] => {
  if (stored === null) return [...found];
  const removed = new Set(stored.removedIds);
  const edited = stored.entities
    .filter(({ origin }) => origin === "edited")
    .map((entity): BibleEntity => {
      const scenes = found.filter((other) => isSame(entity, other)).flatMap(({ sceneIndexes }) => sceneIndexes);
      return { ...entity, sceneIndexes: [...new Set(scenes)].toSorted((a, b) => a - b) };
    });
  const fresh = found.filter((entity) => !removed.has(entity.id) && !edited.some((other) => isSame(entity, other)));
  return [...edited, ...fresh].slice(0, MAX_BIBLE_ENTITIES);
};
