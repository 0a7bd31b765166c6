/** Places where a scene can be set. Plurals are matched too. */
export const PLACE_WORDS =
  "harbour harbor port pier dock quay shore beach coast seaside sea ocean bay island lighthouse cliff cove lagoon reef river riverbank stream brook creek lake lakeside pond pool waterfall canal bridge ford dam swamp marsh bog moor heath forest wood woods jungle grove glade clearing orchard garden park meadow field pasture farm farmyard barn stable mill vineyard prairie plain valley hill hillside hilltop mountain mountainside peak summit ridge canyon gorge cave cavern quarry desert dune oasis tundra glacier volcano crater road street lane alley avenue path trail crossroads highway square market marketplace plaza fountain courtyard yard town village city suburb downtown castle palace fortress tower dungeon throne-room hall ballroom mansion manor house cottage cabin hut tent camp inn tavern pub bar cafe restaurant hotel lobby kitchen pantry bedroom bedchamber chamber parlour parlor nursery attic cellar basement staircase corridor hallway doorway porch veranda balcony terrace rooftop study library office workshop forge smithy studio laboratory classroom school schoolyard playground university hospital clinic ward church chapel cathedral abbey monastery temple mosque shrine graveyard cemetery churchyard tomb crypt prison cell courtroom court theatre theater stage circus fairground stadium arena gym museum gallery station platform train carriage railway tunnel airport hangar cockpit runway ship deck boat harbour-wall factory warehouse shop store bakery bookshop supermarket battlefield battle-field trench ruins shipyard greenhouse spaceship room street-corner riverside fireside hearth shack island wharf jetty printing-house newsroom";

/** Named places that set a scene by themselves. */
export const PLACE_NAMES =
  "London Paris Rome Venice Florence Berlin Vienna Prague Moscow Kyiv Lviv Odesa Warsaw Madrid Lisbon Athens Istanbul Cairo Jerusalem Delhi Mumbai Tokyo Kyoto Beijing Shanghai Sydney Chicago Boston California Texas Alaska Hollywood Manhattan Brooklyn Italy France Germany England Scotland Ireland Wales Spain Greece Egypt India China Japan Russia Ukraine Poland America Africa Antarctica Siberia Sahara Himalaya Alps Amazon Nile Danube Thames Subiaco Strasburg Basle Netherlands Norway Sweden Iceland Canada Mexico Brazil Alabama Louisiana Kansas Kentucky Tennessee Virginia Carolina Georgia Florida Mississippi Missouri Montana Nebraska Nevada Oregon Ohio Oklahoma Pennsylvania Vermont Wyoming Arizona Colorado Dakota Idaho Illinois Indiana Iowa Maine Maryland Massachusetts Michigan Minnesota Arkansas Connecticut Delaware Hawaii Utah Wisconsin Washington Philadelphia Seattle Detroit Dallas Houston Memphis Nashville Orleans Baltimore Pittsburgh Denver Miami Toronto Montreal Vancouver Quebec Ontario Havana Cuba Jamaica Haiti Panama Peru Lima Chile Argentina Patagonia Colombia Bogota Ecuador Bolivia Venezuela Uruguay Paraguay Rio Edinburgh Glasgow Dublin Belfast Cardiff Liverpool Manchester Bristol Oxford Cambridge York Cornwall Devon Yorkshire Sussex Kent Dover Brussels Belgium Antwerp Amsterdam Rotterdam Copenhagen Denmark Stockholm Oslo Bergen Helsinki Finland Tallinn Estonia Riga Latvia Vilnius Lithuania Minsk Kharkiv Crimea Carpathians Chernivtsi Poltava Dnipro Krakow Gdansk Budapest Hungary Romania Bucharest Transylvania Bulgaria Sofia Serbia Belgrade Croatia Zagreb Slovenia Slovakia Bratislava Austria Salzburg Switzerland Geneva Zurich Munich Hamburg Cologne Dresden Leipzig Bavaria Saxony Marseille Lyon Bordeaux Normandy Brittany Provence Naples Milan Turin Sicily Sardinia Tuscany Genoa Barcelona Seville Granada Andalusia Catalonia Portugal Porto Malta Crete Cyprus Turkey Ankara Anatolia Syria Damascus Lebanon Beirut Israel Jordan Arabia Baghdad Iraq Iran Persia Tehran Kabul Afghanistan Pakistan Karachi Lahore Calcutta Bengal Kashmir Nepal Tibet Burma Thailand Bangkok Vietnam Hanoi Saigon Cambodia Malaysia Singapore Indonesia Java Sumatra Bali Philippines Manila Taiwan Korea Seoul Osaka Hokkaido Mongolia Gobi Manchuria Canton Australia Melbourne Tasmania Zealand Auckland Fiji Samoa Tahiti Greenland Lapland Scandinavia Europe Asia Oceania Morocco Casablanca Algeria Tunisia Tunis Libya Sudan Ethiopia Kenya Nairobi Tanzania Zanzibar Uganda Congo Nigeria Lagos Ghana Senegal Mali Timbuktu Angola Mozambique Zimbabwe Madagascar Babylon Troy Sparta Carthage Rhine Seine Volga Dnieper Ganges Andes Rockies Pyrenees Caucasus Urals Everest Vesuvius Atlantic Pacific Arctic Mediterranean Baltic Caribbean";

/** `time of day: cue cue ...`, from the most exact down. */
export const TIME_CUES = {
  midnight: "midnight",
  dawn: "dawn daybreak sunrise sunup cockcrow",
  "early morning": "breakfast early-morning",
  morning: "morning morn forenoon",
  noon: "noon midday noonday lunchtime",
  afternoon: "afternoon teatime",
  "golden hour": "golden-hour",
  sunset: "sunset sundown",
  dusk: "dusk twilight nightfall gloaming",
  evening: "evening eve supper suppertime",
  night: "night nighttime moonlight moonlit moon starlight starlit bedtime nightly",
} as const;

/** `weather: cue cue ...` */
export const WEATHER_CUES = {
  "stormy weather": "storm stormy thunder thunderstorm tempest gale hurricane lightning squall",
  "heavy rain": "downpour pouring rainstorm",
  rain: "rain raining rained rainy drizzle drizzling showers",
  "falling snow": "snow snowing snowed snowy snowfall snowflakes blizzard snowstorm",
  "thick fog": "fog foggy",
  "drifting mist": "mist misty haze hazy",
  "biting frost": "frost frosty frozen icy freezing ice",
  "strong wind": "wind windy breeze gust gusts",
  "overcast sky": "clouds cloudy overcast grey-sky",
  "bright sunshine": "sunny sunshine sunlight sunlit cloudless",
} as const;

/** Words that begin something new when they open a sentence. */
export const SCENE_CUES =
  "then suddenly later meanwhile afterwards afterward finally eventually next soon once when one at by after that before now tomorrow yesterday meantime thereupon presently instantly chapter scene";

/** Openings of two or three words that do. */
export const SCENE_CUE_PHRASES =
  "the next day|the next morning|that night|that evening|one day|one night|one morning|one evening|years later|at last|at dawn|at noon|at night|at dusk|by noon|by night|by evening|in the morning|in the evening|in the meantime|a year|many years|long ago|once upon|back at|far away|all at once|on the way|days later|weeks later|the following|hours later";
