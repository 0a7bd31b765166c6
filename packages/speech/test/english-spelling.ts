const DOUBLED =
  "apparel bedevil bejewel bevel cancel cavil carol channel chisel counsel council cruel cudgel dial disembowel dishevel drivel duel enamel equal fuel funnel gambol grovel jewel kennel label laurel level libel marshal marvel model panel parcel backpedal pedal pencil peril pummel quarrel ravel refuel revel rival rowel shovel shrivel signal snivel spiral stencil swivel tassel total towel travel tunnel unravel yodel".split(
    " ",
  );
const OUR =
  "arb ard arm behavi cand clam clang col demean endeav enam fav ferv flav glam harb hon hum lab misdemean neighb od parl ranc rig rum sav savi splend succ tum val vap vig".split(
    " ",
  );
const RE =
  "accout calib cent fib goit lit lust meag manoeuv met mit och reconnoit sab saltpet sepulch somb spect theat tit".split(
    " ",
  );

/** British spellings to American ones, by rule: both sides of a comparison pass through, so a rule too many does no harm. */
const RULES: readonly [RegExp, string][] = [
  [new RegExp(`(${OUR.join("|")})our`, "g"), "$1or"],
  [/(?<=^(cent|fib|theat))re(?=[a-z]{4})/, "er"],
  [new RegExp(`(${RE.join("|")})re(s?)$`), "$1er$2"],
  [new RegExp(`(${RE.join("|")})red$`), "$1ered"],
  [
    new RegExp(`^(out|re|un)?(${DOUBLED.join("|")})l(?=(ed|er|ers|est|ing|ings|ery|ist|ists|able|ous|ation|or|ors)$)`),
    "$1$2",
  ],
  [/(?<=[a-z]{4})is(?=(e|ed|er|ers|es|ing|ingly|ings|able|ation|ations|ement)$)/, "iz"],
  [/(anal|paral|catal|electrol|hydrol|breathal|dial)ys(e|ed|er|ers|es|ing)$/, "$1yz$2"],
  [/(?<=cata|dia|ana|mono|pro|epi|travelo)logu(?:e(?=s?$|d$|r)|(?=ing$))/, "log"],
  [/logd$/, "loged"],
  [/^grey/, "gray"],
  [/plough/, "plow"],
  [/^cheque(?!r)/, "check"],
  [/^chequer/, "checker"],
  [/^tyre/, "tire"],
  [/(?<=gram)me(?=s?$)/, ""],
  [/^(def|off|pret)ence/, "$1ense"],
  [/^licence/, "license"],
  [/^practis/, "practic"],
  [/^(sm|m)ould/, "$1old"],
  [/^moult/, "molt"],
  [/manoeuv/, "maneuv"],
  [/^aeroplane/, "airplane"],
  [/^hae/, "he"],
  [/(?<=[a-z]{2})ae|^[ao]e(?=[a-z]{2})|(?<=^(an|hom|f|di|am|arch))[ao]e(?=[a-z]{2})|(?<=(rrh|man))oe/, "e"],

  [/^jewellery$/, "jewelry"],
  [/^(skil|wil|instal|enrol|fulfil|distil)(?=(ful|fully|ment|ments|s)?$)/, "$1l"],
  [/^kerb/, "curb"],
  [/^gaol/, "jail"],
  [/^sceptic/, "skeptic"],
  [/^pyjama/, "pajama"],
  [/^storey/, "story"],
  [/^aluminium$/, "aluminum"],
  [/sulph/, "sulf"],
  [/^cos(?=y|i(er|es|est|ly|ness)$)/, "coz"],
  [/^draught/, "draft"],
  [/^moustache/, "mustache"],
  [/^axe$/, "ax"],
  [/^mum(s?|my|mies)$/, "mom$1"],
  [/^(judg|acknowledg)ement/, "$1ment"],
  [/^ageing$/, "aging"],
];

/** One lower-case word in American spelling. */
export const american = (word: string): string =>
  RULES.reduce((spelled, [british, replacement]) => spelled.replace(british, replacement), word);
