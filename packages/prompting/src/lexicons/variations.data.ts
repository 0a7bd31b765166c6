/** Ways to look at the same scene again; each variation takes the next. */
export const FRAMINGS = [
  "seen in a close-up",
  "seen from afar in a wide view",
  "seen from a low angle",
  "seen from high above",
  "seen in profile",
  "seen from behind",
  "seen through a doorway",
  "seen in a reflection",
  "seen over a shoulder",
  "seen as a silhouette",
  "seen at eye level",
  "seen at a tilted angle",
] as const;

/** Of another number than the framings, so that the two together come again late. */
export const LIGHTS = [
  "soft side light",
  "strong backlight",
  "light through haze",
  "warm low light",
  "deep shadows",
  "cool diffused light",
  "a single shaft of light",
] as const;
