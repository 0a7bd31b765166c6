import { z } from "zod";

const ifMatch = (description: string) =>
  z
    .string()
    .regex(
      /^\s*(\*|(W\/)?"[^"]*"(\s*,\s*(W\/)?"[^"]*")*)\s*$/,
      'If-Match is an ETag in double quotes, such as "3", or *',
    )
    .max(1000)
    .optional()
    .meta({ description });

export const IfMatchHeader = ifMatch(
  'The `ETag` of the task that was read, such as `"3"`: a task that changed since is not touched (412)',
);

export const RowIfMatchHeader = ifMatch(
  'The `ETag` of what was read, such as `"3"`: what changed since is not touched (412)',
);
