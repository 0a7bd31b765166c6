/** Ordinary in public-domain verse, refused by image generators: `word: what to write instead`. An empty right side drops the word. */
export const SOFTENED: Readonly<Record<string, string>> = {
  blood: "crimson",
  bloody: "crimson-stained",
  bloodied: "crimson-stained",
  bleeding: "wounded",
  bled: "faltered",
  gore: "crimson",
  gory: "grim",
  dead: "motionless",
  corpse: "still figure",
  corpses: "still figures",
  cadaver: "still figure",
  kill: "strike down",
  kills: "strikes down",
  killed: "struck down",
  killing: "striking down",
  murder: "dark deed",
  murdered: "struck down",
  murdering: "striking down",
  murderer: "villain",
  slain: "fallen",
  slaughter: "battle",
  slaughtered: "fallen",
  slaughtering: "battling",
  stab: "strike",
  stabbed: "struck",
  stabbing: "striking",
  suicide: "despair",
  hanged: "fallen",
  beheaded: "fallen",
  beheading: "sentencing",
  decapitated: "fallen",
  severed: "broken",
  wound: "bandage",
  wounds: "bandages",
  rape: "harm",
  raped: "harmed",
  torture: "torment",
  tortured: "tormented",
  torturing: "tormenting",
  naked: "bare-shouldered",
  nude: "draped",
  breast: "heart",
  breasts: "shoulders",
  bosom: "heart",
  nipple: "",
  nipples: "",
  whore: "courtesan",
  sexy: "elegant",
  orgy: "revel",
  strangled: "seized",
  strangling: "seizing",
  dismembered: "broken",
  mutilated: "scarred",
  drug: "potion",
  drugs: "potions",
  cocaine: "powder",
  heroin: "poison",
};

/** People under age. */
export const MINORS =
  "child children kid kids boy boys girl girls baby babies infant toddler toddlers teen teens teenager teenagers schoolgirl schoolgirls schoolboy schoolboys minor minors daughter preteen underage adolescent youngster pupil pupils";

/** With a minor anywhere in the same prompt, refused: no wording makes it acceptable. */
export const UNDRESSING =
  "naked nude undress undressed undresses undressing nudity topless bottomless unclothed lingerie underwear seductive seductively sexy erotic sensual strip stripped stripping striptease bare-breasted bare-shouldered breasts nipple nipples aroused fetish provocative porn pornographic sex sexual sexually orgy raped rape";

/** Refused by every generator, whoever is in the picture. */
export const REFUSED =
  "porn pornography pornographic hentai bestiality incest pedophile paedophile loli lolicon gangbang blowjob cumshot masturbating masturbation intercourse genitals penis vagina";
