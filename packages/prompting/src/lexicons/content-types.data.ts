import type { ContentType } from "@phonoscene/contracts";

/**
 * By kind of text: how much longer a scene is than the usual one, and words of the style of photograph that suit it (of
 * the style sets, those with one of them are chosen from).
 */
export const CONTENT_LOOKS: Readonly<Record<ContentType, { sceneScale: number; looks: string }>> = {
  song: {
    sceneScale: 0.8,
    looks:
      "cinematic film still romantic nostalgic night low-light dreamlike lo-fi atmospheric moody swirling-bokeh grainy",
  },
  podcast: {
    sceneScale: 3,
    looks: "documentary reportage editorial portrait photo-essay press street humanist observational",
  },
  audiobook: {
    sceneScale: 1.5,
    looks: "film still period-drama pictorialist painterly atmospheric cinematic classical storytelling",
  },
  story: { sceneScale: 1, looks: "storytelling adventure film still dreamlike painterly fine art cinematic epic" },
  talk: { sceneScale: 2, looks: "editorial documentary portrait environmental natural-light architectural press" },
};
