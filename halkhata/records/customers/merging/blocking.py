"""Marks that bring two people together: only who shares one is compared, so a million never meet in all pairs.

Each mark is made so that one usual mistake leaves at least one mark of the pair whole: a wrong digit leaves one half of
the phone number, a wrong letter leaves the other words, another spelling leaves the sound.
"""

from collections.abc import Iterator
from hashlib import blake2b

from halkhata.records.customers.merging.people import Person, national

# More people than this with one mark (the shop's own number, the commonest name of a town) are too many to tell apart
# by it: the mark brings nobody together, and the search says how many such marks there were.
LARGEST_BLOCK = 100
_SHORTEST_LOCAL_PART = 5
_SHORTEST_POST_CODE = 4


def marks(person: Person) -> Iterator[str]:
    """The marks of one person."""
    sounds = sorted(person.sounds)
    for phone in person.phones:
        yield f"p:{phone}"
        digits = national(phone)
        half = len(digits) // 2
        for sound in sounds:
            yield f"h:{digits[:half]}:{sound}"
            yield f"t:{digits[half:]}:{sound}"
    for email in person.emails:
        yield f"e:{email}"
        local = email.partition("@")[0]
        if len(local) >= _SHORTEST_LOCAL_PART:
            yield f"l:{local}"
    for system, value in person.identifiers:
        yield f"i:{system}:{value}"
    for paper in person.papers:
        yield f"g:{paper}"
    for unit in person.units:
        yield f"u:{unit}"
    if len(sounds) > 1:
        whole = " ".join(sounds)
        yield f"n:{whole}"
        if person.area:
            yield f"na:{whole}:{person.area}"
        # Any two words of the name: one may be missing, or misheard.
        if len(sounds) > 2:
            for left, right in zip(sounds, [*sounds[1:], sounds[0]], strict=True):
                yield f"w:{min(left, right)} {max(left, right)}:{person.area}"
    has_post_code = len(person.post_code) >= _SHORTEST_POST_CODE
    for sound in sounds:
        if has_post_code:
            yield f"c:{sound}:{person.post_code}"
        if person.area:
            yield f"a:{sound}:{person.area}"
    words = person.line.split()
    if len(words) > 1:
        yield f"d:{' '.join(sorted(words))}"
        # The house number and the first word after it, with the place: the rest of a line is written as one likes.
        if has_post_code or person.area:
            yield f"f:{words[0]} {words[1]}:{person.post_code or person.area}"


def block_numbers(person: Person) -> set[int]:
    """The marks as numbers of 63 bits: what is written aside while the book is read names nobody."""
    return {int.from_bytes(blake2b(mark.encode(), digest_size=8).digest(), "big") >> 1 for mark in marks(person)}
