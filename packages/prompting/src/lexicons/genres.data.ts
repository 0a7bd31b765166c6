/**
 * `names | how its pictures feel`. A genre is a way of looking, never a thing to draw: its words are taken out of what
 * the caller asks for, and these stand in their place. A name with a star has a plain meaning as well ("a rock", "pop
 * art") and counts only where nothing else is said, or before a word of music.
 */
export const GENRES = `
rap, hip-hop, hip hop, trap*, drill* | gritty neon-lit urban
jazz, swing*, bebop | smoky low-lit late-night
blues* | weathered dusk-lit
rock*, hard rock, indie rock, punk*, punk rock, grunge, alternative rock | raw high-contrast grainy
metal*, heavy metal, death metal, black metal, hardcore* | dark stormy dramatic
pop*, k-pop, disco, synthpop, eurodance | bright glossy colourful
electronic*, techno, edm, trance*, dubstep, drum and bass, house* | futuristic neon-lit geometric
ambient*, new age, chillout, lo-fi, lofi | soft hazy minimal
classical*, baroque*, chamber*, symphonic | stately candle-lit painterly
opera, operatic | grand theatrical deep-shadowed
folk*, acoustic*, singer-songwriter | warm rustic natural-light
country*, bluegrass, americana | dusty golden-hour rural
reggae, ska, dancehall, calypso | sun-drenched saturated tropical
soul*, funk*, r&b, rnb, motown | warm velvety vintage
gospel, spiritual* | luminous reverent light-filled
latin*, salsa*, bossa nova, samba, tango*, flamenco, reggaeton | hot richly coloured evening-lit
children's*, lullaby | gentle pastel storybook
`;

/** What a genre's name is followed by, and says nothing a camera could see. */
export const MUSIC_WORDS =
  "music song songs track tracks beat beats ballad ballads anthem tune tunes album sound sounds vibe vibes feel genre band lyrics single style-music";

/** The things of stages and studios that a genre's name makes generators and models draw. */
export const GENRE_PROPS =
  "dj|djs|disc jockey|dj booth|dj booths|turntable|turntables|microphone|microphones|mic|headphones|boombox|vinyl record|vinyl records|record player|mixing desk|mixing console|loudspeaker|loudspeakers|amplifier|amplifiers|drum kit|electric guitar|saxophone|saxophones|rapper|rappers|concert stage|concert crowd|recording studio|musical notes|music notes|sheet music";
