"""Our own two rules beside Django's: Bengali digits count as digits, and what everybody in the shop knows is no secret.

No rule asks for capital letters, digits or signs: length is what helps (ASVS 6.2.5).
"""

import re
import unicodedata
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.text import fold_digits

MAX_LENGTH = 1024
# So much must be left when the known words are taken out.
_LEFT = 6
_NO_LETTER = re.compile(r"[\W_]+")
_BETWEEN_WORDS = re.compile(r"[\s_.,:;@/()+-]+")
_RUN = "01234567890123456789"


class FoldedCommonPasswordValidator(CommonPasswordValidator):
    """Django's offline list of 20,000 breached passwords, also for what was padded: digits and signs around one of
    them, one said twice, the same few letters over and over, digits in order, and all of it in Bengali digits."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError ``password_too_common`` or ``password_too_long``."""
        if len(password) > MAX_LENGTH:
            raise ValidationError("too long", code="password_too_long")
        folded = fold_digits(unicodedata.normalize("NFKC", password)).casefold().strip()
        super().validate(folded, user)
        bare = _NO_LETTER.sub("", folded)
        core = bare.strip("0123456789")
        half = bare[: len(bare) // 2]
        is_padded = len(core) >= 4 and core in self.passwords and len(bare) - len(core) <= 8
        is_double = len(bare) % 2 == 0 and half * 2 == bare and (half in self.passwords or len(half) <= 6)
        is_run = bare.isdecimal() and (bare in _RUN or bare[::-1] in _RUN)
        if len(set(folded)) < 5 or is_padded or is_double or is_run or not bare:
            raise ValidationError("too common", code="password_too_common")


class OwnWordsValidator:
    """Refuses what is little more than one's name, the user name, the shop's or branch's name, or a phone number."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError ``password_own_words``."""
        left = _bare(password)
        for word in sorted(self._words(user), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < _LEFT:
            raise ValidationError("own words", code="password_own_words")

    def get_help_text(self) -> str:
        """Nothing: the form's own words say what to do."""
        return ""

    def _words(self, user: Any) -> set[str]:
        install = Installation.current()
        texts = [install.shop_name]
        phones = [install.phone]
        if user is not None:
            texts += [getattr(user, name, "") for name in ("username", "name_bn", "name_en", "email")]
            phones.append(getattr(user, "phone_e164", ""))
            branch = Branch.objects.filter(pk=getattr(user, "branch_id", None) or 0).first()
            if branch is not None:
                texts += [branch.name_bn, branch.name_en, branch.code]
                phones.append(branch.phone)
        words = {_bare(part) for text in texts for part in [text, *_BETWEEN_WORDS.split(text or "")]}
        for phone in phones:
            digits = _bare(phone)
            # 8801712345678, 01712345678 and 1712345678 are one number.
            words |= {digits, digits.removeprefix("88"), digits.removeprefix("880")}
        return {word for word in words if len(word) >= 3}


def _bare(text: str) -> str:
    """Letters and digits only, small, digits Latin. Bengali vowel signs are no letters for Python: they stay."""
    folded = fold_digits(unicodedata.normalize("NFKC", text or "")).casefold()
    return "".join(letter for letter in folded if letter.isalnum() or unicodedata.category(letter) in {"Mn", "Mc"})
