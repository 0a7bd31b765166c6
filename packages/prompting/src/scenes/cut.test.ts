import { expect, it } from "vitest";

import { unitsOfSegments } from "../text/units.ts";
import { cutScenes } from "./cut.ts";

it("ten hours at 2 s a scene are 200 scenes, and the shortfall is said", async () => {
  const units = await unitsOfSegments(
    Array.from({ length: 1200 }, (_, id) => ({
      id,
      startMs: id * 30_000,
      endMs: id * 30_000 + 29_000,
      text: `The boat passed buoy ${id}.`,
      confidence: null,
    })),
  );
  const { groups, warnings } = cutScenes(units, { count: null, secondsPerScene: 2, contentType: null });
  expect(groups).toHaveLength(200);
  expect(groups.flat()).toEqual(units);
  expect(warnings).toMatchObject([{ code: "count_reduced", message: expect.stringContaining("at most 200") }]);
});
