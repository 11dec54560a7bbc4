"""How much of a text is in Bengali letters: links, digits, placeholders and the shop's name do not count."""

import pytest

from halkhata.engines.messaging.texting.script import share_of

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("ঈদে সব ফ্যানে ১০% ছাড়", 100),
        ("Eid offer: 10% off all fans", 0),
        ("Eid e shob fan e char", 0),  # Bengali words in Latin letters are what the rule forbids
        ("ঈদে ছাড় https://padma.example.com/eid?a=b", 100),
        ("ঈদে ছাড় padma-motors.com.bd/eid", 100),
        ("ঈদে ছাড়, লিখুন shop@padma.example.com", 100),
        ("Padma Motors: ঈদে ছাড়", 100),
        ("padma motors: ঈদে ছাড়", 100),
        ("PadmaMotorsX: ঈদে", 14),
        ("{{ customer_name }}, ঈদে ছাড়", 100),
        ("12345 %%% 01711-000000", 0),
        ("", 0),
        ("ক a", 50),
        ("मुफ़्त", 0),
    ],
)
def test_share_of_bengali_letters(text, share):
    assert share_of("BENGALI", text, names=["Padma Motors", ""]) == share
