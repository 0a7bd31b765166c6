import { z } from "zod";

/** The image generators a storyboard can be written for; `plain` is the words alone. */
export const TARGETS = ["midjourney", "flux", "sdxl", "gpt-image", "plain"] as const;
export const Target = z.enum(TARGETS);
export type Target = z.infer<typeof Target>;

/** Midjourney's models that prompts can be written for, the default first. */
export const MIDJOURNEY_VERSIONS = ["8.2", "8.1", "7", "niji 7"] as const;
export const TargetVersion = z.enum(MIDJOURNEY_VERSIONS, {
  error: `A target version is one of Midjourney's: ${MIDJOURNEY_VERSIONS.join(", ")}`,
});
export type TargetVersion = z.infer<typeof TargetVersion>;

type Targeting = { target?: Target | undefined; targetVersion?: TargetVersion | null | undefined };

/** Why the version does not go with the target, in words; null where it does. */
export const versionFault = ({ target = "midjourney", targetVersion = null }: Targeting): string | null =>
  targetVersion === null || target === "midjourney"
    ? null
    : `The target "${target}" has no version "${targetVersion}": leave \`targetVersion\` out, or take the target "midjourney"`;
