import {
  type BibleEntity,
  type BibleEntityChange,
  type EntityKind,
  MAX_BIBLE_ENTITIES,
  type UpdateBible,
} from "@phonoscene/contracts";
import type { BiblePlan, BibleRow } from "@phonoscene/db";
import { entityId } from "@phonoscene/prompting/retarget";

/** `path` starts at the body. */
export type BibleFault = { path: string; message: string };

const freeId = (entities: readonly BibleEntity[], { kind, name }: { kind: EntityKind; name: string }): string => {
  const taken = new Set(entities.map(({ id }) => id));
  const wanted = entityId(kind, name);
  let id = wanted;
  for (let number = 2; taken.has(id); number += 1) id = `${wanted}-${number}`;
  return id;
};

const changed = (entity: BibleEntity, change: BibleEntityChange): BibleEntity => ({
  ...entity,
  kind: change.kind ?? entity.kind,
  name: change.name ?? entity.name,
  aliases: change.aliases ?? entity.aliases,
  description: change.description ?? entity.description,
  origin: "edited",
});

const added = (entities: readonly BibleEntity[], change: BibleEntityChange): BibleEntity => {
  // The contract asks for all three.
  const { kind = "character", name = "", description = "", aliases = [] } = change;
  return { id: freeId(entities, { kind, name }), kind, name, aliases, description, sceneIndexes: [], origin: "edited" };
};

type Planned = { entities: BibleEntity[]; removedIds: string[] } | { fault: BibleFault };

const planEntities = (row: BibleRow, changes: readonly BibleEntityChange[]): Planned => {
  let entities = [...row.entities];
  const removedIds = new Set(row.removedIds);
  const seen = new Set<string>();
  for (const [at, change] of changes.entries()) {
    const path = `entities.${at}`;
    if (change.id === undefined) {
      const entity = added(entities, change);
      entities.push(entity);
      // It may come under an id that was removed.
      removedIds.delete(entity.id);
      continue;
    }
    if (seen.has(change.id)) return { fault: { path: `${path}.id`, message: "The entity is named twice" } };
    seen.add(change.id);
    if (!entities.some(({ id }) => id === change.id)) {
      return { fault: { path: `${path}.id`, message: "The bible has no such entity: read it again" } };
    }
    if (change.delete === true) {
      entities = entities.filter(({ id }) => id !== change.id);
      removedIds.add(change.id);
    } else entities = entities.map((entity) => (entity.id === change.id ? changed(entity, change) : entity));
  }
  if (entities.length > MAX_BIBLE_ENTITIES) {
    return { fault: { path: "entities", message: `A bible has at most ${MAX_BIBLE_ENTITIES} entities` } };
  }
  return { entities, removedIds: [...removedIds] };
};

const planStyle = (row: BibleRow, style: UpdateBible["style"]): BibleRow["style"] => {
  if (style === undefined) return row.style;
  if (style === null) return { ...row.style, isEdited: false };
  const { camera, lens, photography, film } = row.style;
  return {
    camera: style.camera ?? camera,
    lens: style.lens ?? lens,
    photography: style.photography ?? photography,
    film: style.film ?? film,
    isEdited: true,
  };
};

/** What the change makes of the bible. */
export const planBible = (row: BibleRow, change: UpdateBible): BiblePlan<BibleFault> => {
  const planned = planEntities(row, change.entities ?? []);
  if ("fault" in planned) return planned;
  return { bible: { ...planned, style: planStyle(row, change.style) } };
};
