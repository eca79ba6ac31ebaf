"""Spellings of strokes, beside those in `riyaz.tabla.bols`: a table that can be read and extended.

Each row: the strokes, a colon, the spellings in lower case. ``Ta?`` is a Ta that its context decides
(`riyaz.tabla.context`). In Devanagari and Bengali long and short vowels are alike.

References
----------
Spellings in use at DigiTabla, AnuLaya, karya, tabla-notation, onushilon.org, rudrabeena.com, sangtar.com,
tablastudent.com and in typed lesson sheets. Consonant shorthand: Tabla Editor, tabla-abbrv, Tabla Legacy.
"""

_ROMAN = """
Dha : dhah dah
Dhin : dhim dhiin
Tin : tiin ting
Na : nah
ta : tta
Te : tey teh
Tit : tith
Tet : tat
Ti : tii tee tti
Dhi : ddhi ddhee
Tu : thoon thon thuu
Din : diin den
Ge : ghay
Ke : kay
Kat : katt
Dhet : dhett
Kra : krey kri
Tra : tre trey
Kra Dha : krdha kddha kddhan
Kra Dhe : krdhe kddhe
Tra Ka : trak trake trik
Tra Kre : trekre
Dhun Te : dhuma dhum
Ti Ra Ki ta : tirkat trikat trikita
Ki ta ta Ka : kitetaka
Ti Ra Ki ta ta Ka : trkttk
Ra : ri
Ki ta : kite kti
ta Ka : tuk tack
Te Te : tetay titt
Dha Ga : dhag
Da : rha
Dhe Te : dhite
Dhe Ti : dhiti
Dhe ta : dhita dhitta
Dhe Ki ta : dhikita dhikit dhekita dhekit
Na Ga : nag
Ta? Ga : tag
Gi Da Na Ga : gidnag ghidnag ghirhnag
Ge Da Na Ga : ghednag gednag
Ge Re Na Ga : ghernag gernag
Ga Na : gan gun
Ga Di Ga Na : gadhigana
Dhi Na Gi Na : dhinagin
Ti Na Ki Na : tinakin
Dhe Re : dhira dhire dhiri diri
Te Re Te Re : tiratira tirtir
"""

_DEVANAGARI = """
Dhin : धिन धिन् धीं धीन
Dhi : धि ध्धि ध्धी
Tin : तिन तिन् तीं तीन
Ti : ती त्ति त्ती
Tu : तु थु थू
Tu : तूं तुं तूँ तून थुं थून थूं थुन
Din : दिन दीन् दीं दिन्
Di : दी
Na : न
ta : ट्
Tet : तत् तेत
Ge : घे घ
Gi : गी घि घी
Ki : की
Ka : का
Kat : कट
Dhet : धित्
Kran : क्रान
Kda : क्डान
Kra Dha : क्ड्धा
Kra Dhe : क्ड्धे
Tra : त्रे त्रि
Tra Ka : त्रक त्रिक
Da : ड़ा डा
Dha Ga : धग
ta? Ga : तग
Ghin : गिं
Ghin Na : गिन्ना
Kin Na : किन्ना
Tra Kre : त्रेक्रे
Ti Ra Ki ta : तेरेकेटे तेरेकेट तिरकीट तिर्किट
Ki ta : कीट केटे
Te Te : तिते
Ta? : त्ता
Dhe ta : धिट
Dhe Ki ta : धिकिट
Dhun Te Ki ta : धुमकिट
Ge Re Na Ga : घेरेनग
Dhi Na Gi Na : धिनगिन
Dhin Na : धिन्ना
Tin Na : तिन्ना
Tu Na : तुन्ना थुन्ना
Ti Na Ki Na : तिनकिन
Dhe Re : धिर
Ga Di Ga Na : गदीगन
Te Re Te Re : तिरतिर
Ti Ra Ki ta ta Ka : तेरेकेटेताक तिरकिटताक
"""

_BENGALI = """
Dha : ধা
Dhin : ধিন ধিন্ ধীন ধিং
Dhi : ধি ধী ধ্ধি
Tin : তিন তিন্ তীন তিং
Ti : তি তী
Na : না ন
Ta : তা tan taan
ta : ট ত
Te : তে টে
Tet : তেৎ
Tit : তিৎ
Tu : তু তুন তুন্ থুন থুন্ থু
Din : দিন দিন্ দেন দেন্
Di : দি
Ge : গে ঘে ঘ
Gi : ঘি গি
Ga : গ
Ke : কে
Ki : কি
Ka : ক
Kat : কৎ কট কত্
Dhe : ধে
Dhet : ধেৎ
Kra : ক্র
Kre : ক্রে
Kran : কড়ান ক্রান
Tra : ত্রে ত্র
Tra Ka : ত্রক
Ra : র
Re : রে
Ti Ra Ki ta : তেরেকেটে তেরেকেট তিরকিট
Ti Ra Ki ta ta Ka : তেরেকেটেতাক
Ki ta ta Ka : কেটেতাক কিটতক
Ki ta : কিট কেটে
ta Ka : তক
Te Te : তেটে তিট
Dhe Te : ধেটে
Dhe ta : ধিট
Na Ga : নাগ নগ
Ge Na : ঘেনা
Gi Na : গিনা
Ge Da Na Ga : ঘেড়ানাগ
Dhe Re Dhe Re : ধেরেধেরে ধিরধির
Ga Di Ge Ne : গদিঘেনে
Ga Di Ga Na : গদিগন
Ka ta : কত
Dhun Te Ki ta : ধুমাকেটে ধুমকেটে
Dhun Te : ধুম ধুম্
Dhi Na Gi Na : ধিনাগিনা
Ti Na Ki Na : তিনাকিনা
"""

# Words without a vowel, in any case; parted longest first. A single t is none: it may be Te, Ti or Ta.
_SHORTHAND = """
Ti Ra Ki ta : trkt
Ki ta ta Ka : kttk
Dhe Re Dhe Re : drdr dhrdhr
Te Re Te Re : trtr
Te Te : tt
Ti Ra : tr
Dhe Re : dr
Ki ta : kt
ta Ka : tk
Ge ta Ka : gtk
Na Ge Na : ngn
Na Ke Na : nkn
Ge Ra Na Ge : grng
Ge Da Na Ga : gdng
Ke Ra Na Ke : krnk
Ga Di Ga Na : gdgn
Dha Ti : dt
Dha Te Te : dtt
Dha Ge : dg
Dha : d dh
Na : n
Ge : g
Ka : k
"""


def _rows(table: str) -> dict[str, tuple[str, ...]]:
    parted = (row.split(" : ") for row in table.strip().split("\n"))
    return {spelling: tuple(strokes.split()) for strokes, spellings in parted for spelling in spellings.split()}


# TiRaKiTa with any short vowel in each of its syllables
_TIRAKITA = {
    f"t{a}r{b}k{c}t{d}": ("Ti", "Ra", "Ki", "ta")
    for a in "iea"
    for b in ("", *"aei")
    for c in "ie"
    for d in ("", *"ae")
}
ROMAN = _TIRAKITA | _rows(_ROMAN)
DEVANAGARI = _rows(_DEVANAGARI)
BENGALI = _rows(_BENGALI)
SHORTHAND = _rows(_SHORTHAND)
NO_BOLS = ("tisra", "tistra")  # a jati, whose letters might be bols
