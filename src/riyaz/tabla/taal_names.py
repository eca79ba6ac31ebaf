"""Names of taals: other spellings in three scripts, and which known name sounds nearest.

References
----------
Spellings as printed at tablatheka.com, onushilon.org, rudrabeena.com, DigiTabla, Tabalchi and in typed lesson sheets.
"""

import re
from difflib import SequenceMatcher
from unicodedata import normalize

# key of the taal: other names, parted by commas. Blanks, hyphens and a last "taal" do not matter.
_NAMES = """
teental: tintal, teentaal, tritaal, trital, tintaal, tin, teen, tri, तीनताल, त्रिताल, तीन, তিনতাল, ত্রিতাল
jhaptal: jhap, japtal, jhamptal, jhamp, zaptal, झपताल, झप, ঝাঁপতাল
ektal: eka_tal, eka, ek, ektaal, एकताल, একতাল
rupak: roopak, rupaktal, rupaka, rupakam, रूपक, রূপক
dadra: dadara, daadra, दादरा, দাদরা
keherwa: kaharwa, kaherva, kehrwa, keharwa, kaharawa, kaherwa, keherva, kaharva, karwa, kaharava, केहरवा, कहरवा, কাহারবা
chautal: chowtal, choutal, chartal, chaartal, char, chau, chou, चौताल, चारताल, চৌতাল
sooltal: sultal, sul, sool, soolfak, sulfak, sulphakta, soolphakta, सूलताल, सूल, সুলতাল, সুরফাঁকতাল
dhamar: dhammar, dhamaar, धमार, ধামার
deepchandi: dipchandi, chanchar, deepchandee, दीपचंदी, दीपचन्दी, দীপচন্দী
jhumra: jhoomra, jhumara, झूमरा, झुमरा, ঝুমরা, ঝুমড়া
ada_chautal: adachautal, ada chowtal, aada, arachartal, aara chautal, ara chautal, आड़ा चौताल, आडा चौताल, আড়া চৌতাল
tivra: teevra, tevra, teora, teyora, tewra, tivara, tevara, तीव्रा, তেওড়া
pashto: pashtu, pashtoo, pushto, पश्तो
farodast: pharodast, pharodasta, farodasta, pharodust, firdost, farodost, फरोदस्त
shikhar: shikar, shikhara, शिखर
tilwada: tilwara, tilvada, tilvara, tilawada, तिलवाड़ा, तिलवाडा, তিলওয়াড়া, তিলোয়াড়া
sitarkhani: sitarkhan, addha, adha, punjabi theka, addha theka, सितारखानी, अद्धा, সিতারখানি, আদ্ধা
pancham_sawari: sawari, panchamsawari, savari, pancham savari, पंचम सवारी, পঞ্চম সওয়ারী
dhumali: dhumaali, धुमाली
matta: मत्त
khemta: खेमटा, খেমটা
jat: jat 14, जत, यत, যৎ, যত
jat_8: jat eight
jat_16: jat sixteen
basant: vasant, बसंत, वसंत
at_10: aut 10, at, aut
jai: jay, जय
kumbh: kumbha, कुंभ
rudra: रुद्र
brahma: brahma 14, braha, ब्रह्म
gajajhampa: gaj jhampa, gajjhampa, गजझंपा
chhoti_sawari: choti sawari, chhoti savari, छोटी सवारी
bari_sawari: badi sawari, bari savari, बड़ी सवारी
punjabi: panjabi, पंजाबी
tappa: tappe ka, tappa theka, टप्पा
lakshmi: laxmi, lakshmee, लक्ष्मी
matta_18: matta eighteen
matta_9_b: matta 9 second form
chachar: chaachar
vishnu: विष्णु
ganesh: गणेश
shesh: शेष
navapanchatal: nava pancha
ashtamangal: ashtamangal 11, अष्टमंगल
jhampak: jhampaka
thungri: thumri theka
"""
_SAME = (
    ("aa", "a"),
    ("ee", "i"),
    ("oo", "u"),
    ("ii", "i"),
    ("uu", "u"),
    ("ph", "f"),
    ("v", "w"),
    ("z", "j"),
    ("ch", "c"),
)


def key(name: str) -> str:
    """A name as it is looked up: lower case, no marks of Latin letters, blanks to underscores, without ``taal``."""
    text = normalize("NFD", name.lower())
    text = normalize("NFC", re.sub(r"[\u0300-\u036f]", "", text))
    text = "_".join(re.sub(r"[-_()'\"’.,]", " ", text).split())
    text = re.sub(r"^(?:ta+la?|ताल|তাল)_", "", text)
    for end in ("taal", "tal", "tala", "taala", "ताल", "তাল"):
        if text.endswith("_" + end):
            return text.removesuffix("_" + end)
    return text


def spellings() -> dict[str, str]:
    """Every other name with the key of its taal."""
    rows = (row.split(": ", 1) for row in _NAMES.strip().split("\n"))
    return {key(name): taal for taal, names in rows for name in names.split(", ")}


def sound(name: str) -> str:
    """A rough sound of a name: long vowels as short ones, doubled letters as one."""
    text = re.sub(r"[^\w]|_", "", key(name))
    for old, new in _SAME:
        text = text.replace(old, new)
    return re.sub(r"(.)\1+", r"\1", text)


def nearest(name: str, known: dict[str, str]) -> str:
    """The key of the taal whose name sounds nearest, ``""`` where none is near.

    Parameters
    ----------
    known : names with the keys of their taals.
    """
    heard = sound(name)
    likeness = {
        other: SequenceMatcher(None, heard, sound(other)).ratio()
        for other in known
        if heard and sound(other)[:1] == heard[0]
    }
    best = max(likeness, key=lambda other: likeness[other], default="")
    return known[best] if best and likeness[best] >= 0.7 else ""
