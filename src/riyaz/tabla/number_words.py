"""Numbers in words, as players type them."""

ENGLISH = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
)  # of a count
ORDERED = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
ROMAN = "i ii iii iv v vi vii viii ix x xi xii".split()
_HINDI = "ek do teen char paanch chhe saat aath", "एक दो तीन चार पाँच छह सात आठ", "एक दोन तीन चार पाच सहा सात आठ"
_BENGALI = "এক দুই তিন চার পাঁচ ছয় সাত আট"
NUMBERS = {  # of times, or of strokes per matra
    word: number
    for words in (*(row.split() for row in (*_HINDI, _BENGALI)), ENGLISH)
    for number, word in enumerate(words, 1)
} | {"twice": 2, "thrice": 3, "chaar": 4, "panch": 5, "त्रण": 3}
