"""What a row about a customer may say, and by which headings it is known."""

from django.utils.translation import gettext_lazy as _

from halkhata.records.imports.registry import ImportColumn
from halkhata.records.imports.targets.customers.own_fields import own_columns

ADDRESS_COLUMNS = ("line", "landmark", "upazila", "district", "post_code")


def customer_columns() -> list[ImportColumn]:
    """In the order in which the mapping page offers them."""
    return [
        ImportColumn(
            code="name", label=_("Name (in either script)"),
            words=("Name", "Customer", "Customer name", "Full name", "Client", "Client name", "Buyer", "Party",
                   "Party name",
                   "Contact", "Contact name", "নাম", "ক্রেতা", "ক্রেতার নাম", "গ্রাহক", "গ্রাহকের নাম", "কাস্টমার",
                   "কাস্টমারের নাম", "খরিদ্দার", "খরিদদারের নাম", "পার্টির নাম", "পুরো নাম", "নামঃ"),
        ),
        ImportColumn(
            code="name_bn", label=_("Name in Bengali"),
            words=("Bangla name", "Name bangla", "Name (bn)", "Bengali name", "name_bn", "নাম (বাংলা)", "বাংলা নাম",
                   "নাম বাংলায়", "বাংলায় নাম"),
        ),
        ImportColumn(
            code="name_en", label=_("Name in English"),
            words=("English name", "Name english", "Name (en)", "name_en", "নাম (ইংরেজি)", "ইংরেজি নাম",
                   "নাম ইংরেজিতে"),
        ),
        ImportColumn(
            code="phone", label=_("Phone"), many=True, is_text=False,
            words=("Phone", "Phone no", "Phone number", "Mobile", "Mobile no", "Mobile number", "Cell", "Cell no",
                   "Contact no",
                   "Contact number", "Tel", "Telephone", "WhatsApp", "Alternative phone", "Alternate mobile",
                   "Other phone",
                   "ফোন", "ফোন নং", "ফোন নম্বর", "ফোন নাম্বার", "মোবাইল", "মোবাইল নং", "মোবাইল নম্বর", "মোবাইল নাম্বার",
                   "মোবা", "নম্বর", "নাম্বার", "যোগাযোগ", "যোগাযোগের নম্বর", "বিকল্প নম্বর", "অন্য নম্বর", "হোয়াটসঅ্যাপ"),
        ),
        ImportColumn(
            code="email", label=_("E-mail"), many=True, is_text=False,
            words=("Email", "E-mail", "Mail", "Email address", "ইমেইল", "ই-মেইল", "ইমেল", "ই-মেল"),
        ),
        ImportColumn(
            code="line", label=_("Address: house, road, village"), many=True,
            words=("Address", "Present address", "Permanent address", "Village", "Street", "House", "Road",
                   "Location",
                   "Full address", "ঠিকানা", "বর্তমান ঠিকানা", "স্থায়ী ঠিকানা", "গ্রাম", "বাড়ি", "রাস্তা", "এলাকা"),
        ),
        ImportColumn(code="landmark", label=_("Landmark"), words=("Landmark", "Near", "Nearby", "পরিচিত স্থান",
                                                                  "কাছে", "পাশে")),
        ImportColumn(
            code="upazila", label=_("Upazila or thana"),
            words=("Upazila", "Upozila", "Thana", "Police station", "PS", "উপজেলা", "থানা", "উপজেলা/থানা",
                   "থানা/উপজেলা"),
        ),
        ImportColumn(code="district", label=_("District"), words=("District", "Zila", "Zilla", "City", "জেলা",
                                                                  "শহর")),
        ImportColumn(
            code="post_code", label=_("Post code"), is_text=False,
            words=("Post code", "Postcode", "Postal code", "Zip", "পোস্ট কোড", "ডাক কোড", "পোস্টকোড"),
        ),
        ImportColumn(
            code="organization", label=_("Organization"),
            words=("Organization", "Organisation", "Company", "Company name", "Shop", "Shop name", "Firm", "Business",
                   "প্রতিষ্ঠান", "প্রতিষ্ঠানের নাম", "কোম্পানি", "দোকান", "দোকানের নাম"),
        ),
        ImportColumn(
            code="organization_role", label=_("Role there"),
            words=("Role", "Designation", "Position", "Job title", "পদবি", "পদবী", "পদ"),
        ),
        ImportColumn(
            code="honorific", label=_("Title"), words=("Title", "Salutation", "Honorific", "সম্বোধন", "উপাধি"),
        ),
        ImportColumn(code="language", label=_("Language"), is_text=False, words=("Language", "ভাষা")),
        ImportColumn(
            code="branch", label=_("Branch"), words=("Branch", "Outlet", "Showroom", "শাখা", "শোরুম", "আউটলেট"),
        ),
        ImportColumn(
            code="external_id", label=_("Number in the old system"), is_text=False,
            words=("ID", "Customer id", "Customer no", "Customer code", "Code", "Old id", "External id",
                   "Account no", "Ledger no",
                   "আইডি", "কোড", "গ্রাহক নং", "কাস্টমার আইডি", "খতিয়ান নং", "পুরাতন নম্বর", "খাতা নং", "পাতা নং"),
        ),
        ImportColumn(
            code="note", label=_("Note"), many=True,
            words=("Note", "Notes", "Remark", "Remarks", "Comment", "Comments", "Description", "মন্তব্য", "নোট",
                   "বিবরণ", "টীকা"),
        ),
        ImportColumn(
            code="tags", label=_("Tags"), many=True,
            words=("Tags", "Tag", "Labels", "Label", "ট্যাগ", "ট্যাগ সমূহ", "লেবেল"),
        ),
        *own_columns(),
    ]  # fmt: skip
