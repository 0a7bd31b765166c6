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

/** Phrases in which such a word means nothing of the kind. */
export const KEPT_PHRASES =
  "dead sea|dead end|dead ends|dead reckoning|dead wood|dead calm|dead of night|blood moon|blood orange|blood oranges|drug store|drug stores|chicken breast|robin redbreast";

/** People under age, in English, Ukrainian and Russian. */
export const MINORS =
  "child children kid kids boy boys girl girls baby babies infant infants toddler toddlers teen teens teenager teenagers teenage schoolgirl schoolgirls schoolboy schoolboys schoolchild schoolchildren minor minors daughter daughters preteen preteens underage adolescent adolescents youngster youngsters pupil pupils lad lads lass lassie kindergartener newborn " +
  "дитина дитини діти дітей хлопчик хлопчики дівчинка дівчатка підліток немовля ребёнок ребенок дети детей мальчик мальчики девочка девочки подросток младенец";

/** With a minor anywhere in the same prompt, refused: no wording makes it acceptable. */
export const UNDRESSING =
  "naked nude nudes nudist undress undressed undresses undressing nudity topless bottomless unclothed unclad lingerie underwear panties bikini seductive seductively sexy erotic erotica sensual strip stripped stripping striptease bare-breasted bare-chested bare-shouldered breasts nipple nipples aroused fetish provocative porn pornographic sex sexual sexually sexualised sexualized orgy raped rape nsfw " +
  "голий гола голі голого голої оголений оголена оголені роздягнений роздягнена роздягнені еротика голый голая голые голого обнаженный обнаженная обнажённый обнажённая раздетый раздетая раздетые эротика";

/** The same in more than one word. */
export const UNDRESSING_PHRASES = [
  "(?:without|no|wearing no|with no|without any|out of) (?:her |his |their |any )?clothes",
  "(?:wearing|dressed in) nothing",
  "nothing on",
  "birthday suit",
  "(?:takes?|took|taking|pulls?|pulled|pulling) off (?:her|his|their|the) (?:clothes|dress|shirt|blouse|skirt|swimsuit|top)",
  "(?:clothes|dress|shirt|blouse|skirt) off",
] as const;

/** Refused by every generator, whoever is in the picture. */
export const REFUSED =
  "porn porno pornography pornographic hentai bestiality incest pedophile pedophilia paedophile paedophilia loli lolicon shotacon gangbang blowjob cumshot masturbating masturbation intercourse genitals penis vagina " +
  "порно порнографія порнография педофіл педофил";

/** Artists and studios at work or in copyright, whose style some generators decline to copy. */
export const DECLINED_STYLES =
  "greg rutkowski|banksy|david hockney|yayoi kusama|damien hirst|jeff koons|takashi murakami|gerhard richter|ai weiwei|annie leibovitz|hayao miyazaki|makoto shinkai|studio ghibli|walt disney|disney|pixar|dreamworks|marvel|dc comics|tim burton|wes anderson|quentin blake|beeple|loish|artgerm";

/** Public figures of whom some generators make no pictures. */
export const DECLINED_PEOPLE =
  "donald trump|joe biden|kamala harris|barack obama|vladimir putin|volodymyr zelensky|xi jinping|elon musk|taylor swift|kim kardashian|pope francis|pope leo|king charles|prince harry|greta thunberg|kim jong un|benjamin netanyahu|emmanuel macron";
