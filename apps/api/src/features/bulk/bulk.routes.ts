import { updateTasksInBulk } from "@phonoscene/contracts";
import { changeTasks, type Database } from "@phonoscene/db";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { toBulkItems, toResults } from "./bulk-results.ts";

type Dependencies = { database: Database };

export const bulkRoutes = ({ database }: Dependencies): Route[] => [
  endpoint(updateTasksInBulk, async ({ user, body }) => {
    const isAtomic = body.atomic;
    const outcomes = await changeTasks(database.db, user.id, { items: toBulkItems(body.items), isAtomic });
    return { results: toResults(outcomes, { isAtomic, list: "items" }) };
  }),
];
