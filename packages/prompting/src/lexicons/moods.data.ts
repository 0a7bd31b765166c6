export type Mood = {
  /** Words of the text that speak for the mood. */
  cues: string;
  /** What a prompt says to show it: adjectives and light, no things that the text does not have. */
  keywords: readonly string[];
  /** The hour to show when the text gives none. */
  hour: string;
};

/** Twenty to forty words a mood; the first mood wins a draw. */
export const MOODS: Readonly<Record<string, Mood>> = {
  melancholy: {
    cues: "sad sadness sorrow sorrowful grief grieve lonely loneliness alone weep weeping wept tear tears mourn mourning melancholy dreary weary lost loss farewell goodbye sigh sighed regret faded wither withered empty forsaken forlorn miss missed broken autumn old decease grave lament widow",
    keywords: ["melancholy", "muted colours", "wistful stillness", "soft shadows", "solitary mood"],
    hour: "overcast afternoon",
  },
  eerie: {
    cues: "ghost ghostly ghastly haunted haunt raven bleak grim tomb crypt demon devil evil spectre phantom shiver shivered dread dreadful fear feared fearing terror terrors chill eerie strange whisper whispered shadow shadows darkness gloom gloomy midnight skull witch curse moan howl howled",
    keywords: ["eerie", "deep shadows", "uneasy silence", "cold dim light", "brooding"],
    hour: "night",
  },
  tense: {
    cues: "danger dangerous threat chase chased flee fled escape escaped hide hid hidden knife gun enemy attack attacked trap panic desperate hurry hurried urgent suddenly scream screamed alarm tense nervous fight fought struggle struggled thief pursued breathless scared afraid frightened",
    keywords: ["tense", "dramatic contrast", "charged air", "sharp focus", "urgent"],
    hour: "dusk",
  },
  stormy: {
    cues: "storm stormy tempest thunder lightning gale waves wreck wrecked crash crashed roar roared roaring raging rage fury furious violent wild torn tore drowned drowning flood surge howling severe",
    keywords: ["turbulent", "dramatic", "wind-whipped", "dark and restless", "raw energy"],
    hour: "stormy afternoon",
  },
  heroic: {
    cues: "hero heroes brave courage courageous battle victory triumph triumphant glory glorious honour honor noble nation liberty freedom banner sword conquer conquered dedicate dedicated great mission champion proud proudly soldier soldiers knight king impressive achieve",
    keywords: ["heroic", "epic scale", "strong silhouettes", "bold light", "monumental"],
    hour: "golden hour",
  },
  wondrous: {
    cues: "magic magical wonder wonderful wondrous dream dreams dreaming star stars moon fairy enchanted spell miracle marvel marvellous strange mysterious mystery secret glow glowing glittering shimmering space universe galaxy planet rocket dragon unicorn treasure explore exploration",
    keywords: ["wondrous", "luminous", "dreamlike", "shimmering light", "sense of awe"],
    hour: "blue hour",
  },
  joyful: {
    cues: "joy joyful happy happiness laugh laughed laughing laughter smile smiled smiling dance danced dancing sing sang singing song merry cheer cheered cheerful play played playing delight delighted celebrate celebrated feast party birthday wedding gay fun bright spring",
    keywords: ["joyful", "vivid colours", "lively", "warm sunlight", "playful"],
    hour: "sunny morning",
  },
  romantic: {
    cues: "love loved lover lovers beloved kiss kissed darling sweetheart heart tender tenderly embrace embraced wedding bride rose roses beauty beautiful fair fairest charm charming desire passion caress romance valentine sweet",
    keywords: ["romantic", "soft glow", "tender", "pastel tones", "intimate"],
    hour: "golden hour",
  },
  peaceful: {
    cues: "peace peaceful calm quiet quietly silence silent still gentle gently soft softly rest rested sleep slept sleeping asleep lullaby serene slow slowly meadow brook garden breeze drift drifted pure dew",
    keywords: ["peaceful", "gentle light", "quiet", "airy", "unhurried"],
    hour: "early morning",
  },
  cosy: {
    cues: "home hearth fireplace fireside kitchen warm warmth tea bread supper blanket candle lamp grandmother family cottage cat knit knitting bake baked stove soup cozy cosy Christmas together",
    keywords: ["cosy", "warm light", "homely", "rich textures", "comforting"],
    hour: "evening",
  },
  majestic: {
    cues: "mountain mountains majestic vast endless horizon eagle canyon ocean grand grandeur high tall towering ancient cathedral palace castle summit glacier sky infinite stately splendid magnificent",
    keywords: ["majestic", "sweeping view", "vast scale", "clear light", "grand"],
    hour: "golden hour",
  },
  austere: {
    cues: "winter winters cold frost frozen ice snow bare barren hunger poor poverty prison stone grey gray hard harsh famine war dead death die died ash ashes ruin ruins bones deep-sunken besiege trenches",
    keywords: ["austere", "cold palette", "stark", "sparse", "bleak"],
    hour: "cold grey morning",
  },
  scholarly: {
    cues: "book books printed printing print letter letters type manuscript scholar study studied library page pages ink history century art arts craft crafts writing written invented invention science scientist experiment machine discovery museum bible read reading calligraphy",
    keywords: ["scholarly", "finely detailed", "period detail", "warm sepia tones", "careful craft"],
    hour: "afternoon",
  },
  lively: {
    cues: "market crowd crowded busy city street streets noise noisy music band bus traffic shop shops tourist festival parade neon club bustling rush rushed hustle vendor train station",
    keywords: ["lively", "bustling", "colourful", "energetic", "full of movement"],
    hour: "afternoon",
  },
};

/** For a scene whose words speak for no mood. */
export const NEUTRAL_MOOD: Mood = {
  cues: "",
  keywords: ["natural", "balanced light", "true to life", "clear detail", "understated"],
  hour: "daylight",
};
