import { createTasksInBulk, deleteTasksInBulk, MAX_BULK_ITEMS, updateTasksInBulk } from "@phonoscene/contracts";
import {
  changeTasks,
  createTasks,
  type Database,
  deleteMatchingTasks,
  deleteTasks,
  findOwnStyleIds,
} from "@phonoscene/db";
import type { AddressPolicy } from "@phonoscene/outbound";
import type { Relay } from "@phonoscene/queue";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { audioUrlFaultOf } from "../audio/index.ts";
import { faultOfStyle } from "../styles/index.ts";
import { toBulkItems, toResults } from "./bulk-results.ts";

type Dependencies = { database: Database; relay: Pick<Relay, "wake">; isAllowedAddress: AddressPolicy };

/** Before the routes of one task: Express would take `bulk` for an id. */
export const bulkRoutes = ({ database: { db }, relay, isAllowedAddress }: Dependencies): Route[] => [
  endpoint(createTasksInBulk, async ({ user, body, requestToken: callId }) => {
    const isAtomic = body.atomic;
    const entries = toBulkItems(body.items);
    const styleIds = entries.flatMap((entry) => ("fault" in entry ? [] : (entry.item.styleId ?? [])));
    const ownStyleIds = await findOwnStyleIds(db, user.id, [...new Set(styleIds)]);
    const items = entries.map((entry) => {
      if ("fault" in entry) return entry;
      const { styleId } = entry.item;
      if (styleId !== null && !ownStyleIds.has(styleId)) return { fault: faultOfStyle };
      const { text, audioUrl, audioId, name, language, metadata, deadlineMs, ...options } = entry.item;
      const fault = audioUrl === undefined ? null : audioUrlFaultOf(audioUrl, isAllowedAddress);
      if (fault !== null) return { fault: { code: "request/invalid" as const, path: "audioUrl", message: fault } };
      return { item: { text, audioUrl, audioId, name, language, metadata, deadlineMs, options } };
    });
    const outcomes = await createTasks(db, user.id, { items, isAtomic, callId });
    const results = toResults(outcomes, { isAtomic, list: "items" });
    relay.wake();
    return { results };
  }),

  endpoint(updateTasksInBulk, async ({ user, body }) => {
    const isAtomic = body.atomic;
    const outcomes = await changeTasks(db, user.id, { items: toBulkItems(body.items), isAtomic });
    return { results: toResults(outcomes, { isAtomic, list: "items" }) };
  }),

  endpoint(deleteTasksInBulk, async ({ user, body }) => {
    const { ids, filter, atomic: isAtomic } = body;
    if (ids === undefined) {
      const deleted = await deleteMatchingTasks(db, user.id, { filter: filter ?? {}, limit: MAX_BULK_ITEMS });
      relay.wake();
      return deleted;
    }
    const outcomes = await deleteTasks(db, user.id, { items: toBulkItems(ids), isAtomic });
    const results = toResults(outcomes, { isAtomic, list: "ids" });
    relay.wake();
    return { deleted: results.filter((result) => "id" in result).length, hasMore: false, results };
  }),
];
