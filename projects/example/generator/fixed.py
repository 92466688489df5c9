"""The small tables that are written down, not drawn: users, campaigns, lists, custom fields and the schema.

Every id in here has its place in the rows: owners are active users, and campaign 1201 is the one new prospects get.
"""

from generator.ids import salesforce_id
from generator.rows import Row

# First name, last name, job, active in Salesforce, the same person's number in Pardot (blank: no Pardot user).
STAFF = (
    ("Greta", "Holm", "Chief Revenue Officer", True, "701"),
    ("Martin", "Seiler", "Sales Director EMEA", True, "702"),
    ("Yolanda", "Pierce", "Sales Director Americas", True, "703"),
    ("Jonas", "Reuter", "Account Executive", True, "704"),
    ("Leila", "Barakat", "Account Executive", True, "705"),
    ("Owen", "Gallagher", "Account Executive", True, "706"),
    ("Haruka", "Mori", "Account Executive", True, "707"),
    ("Denise", "Fournier", "Account Executive", True, "708"),
    ("Stella", "Moss", "Sales Development", True, "709"),
    ("Piotr", "Zawadzki", "Sales Development", True, "710"),
    ("Ruth", "Okafor", "Salesforce Administrator", True, ""),
    ("Sync", "Robot", "Integration user", True, "712"),
    ("Victor", "Lund", "Account Executive", False, ""),
    ("Tessa", "Quist", "Finance", True, ""),
)
USER_IDS = tuple(salesforce_id("005", 1_000_003 + 4_711 * place) for place in range(len(STAFF)))
ROBOT = 11
# Salesforce user id and Pardot user id of the seven people who own records.
OWNERS = tuple((USER_IDS[place], STAFF[place][4]) for place in range(3, 10))

# Salesforce name, Pardot name. The last one on each side stands alone.
CAMPAIGNS = (
    ("Website", "Website"),
    ("Hannover Fair 2026", "Hannover Fair 2026"),
    ("Automate 2026", "Automate 2026"),
    ("Vibration Webinar", "Webinar: vibration"),
    ("Whitepaper Leaks", "Whitepaper: leaks"),
    ("Partner Days", "Partner days"),
    ("Newsletter", "Newsletter"),
    ("Pilot Programme", "Pilot programme"),
    ("Works Council Breakfast", "Old imports"),
)
LISTS = (
    ("Newsletter EN", "false"),
    ("Newsletter DE", "false"),
    ("Webinar 2026-09", "false"),
    ("Hannover Fair 2026", "false"),
    ("Pilot customers", "false"),
    ("Partners", "false"),
    ("Score over 100", "true"),
    ("No activity for a year", "true"),
)
CUSTOM_FIELDS = (
    ("Customer number", "customer_number", "Text"),
    ("Preferred language", "preferred_language", "Dropdown"),
    ("Product plan", "product_plan", "Text"),
    ("Product seats", "product_seats", "Number"),
    ("Product last seen", "product_last_seen", "Date"),
    ("Product health", "product_health", "Text"),
)
LANGUAGES = ("English", "German", "French", "Japanese", "Spanish")


def users() -> list[Row]:
    """The 14 Salesforce users; the robot is the one that the connected app runs as."""
    return [
        {
            "Id": user_id,
            "Username": f"{first}.{last}@northwind-robotics.example".lower(),
            "FirstName": first,
            "LastName": last,
            "Email": f"{first}.{last}@northwind-robotics.example".lower(),
            "Title": title,
            "IsActive": str(active).lower(),
        }
        for user_id, (first, last, title, active, _) in zip(USER_IDS, STAFF, strict=True)
    ]


def pardot_users() -> list[Row]:
    """The 12 Pardot users: eleven are mapped to a Salesforce user, one exists in Pardot alone."""
    mapped = [
        _pardot_user(number, first, last, user_id)
        for user_id, (first, last, _, _, number) in zip(USER_IDS, STAFF, strict=True)
        if number
    ]
    return [*mapped, _pardot_user("711", "Agency", "Login", "")]


def campaigns() -> list[Row]:
    """The nine Salesforce campaigns."""
    return [
        {"Id": _campaign_id(place), "Name": name, "Type": "Other", "Status": "In Progress", "IsActive": "true"}
        for place, (name, _) in enumerate(CAMPAIGNS)
    ]


def pardot_campaigns() -> list[Row]:
    """The nine Pardot campaigns, 1201 to 1209: eight are connected to a Salesforce one."""
    return [
        {
            "id": str(1201 + place),
            "name": name,
            "salesforceId": _campaign_id(place) if place < len(CAMPAIGNS) - 1 else "",
        }
        for place, (_, name) in enumerate(CAMPAIGNS)
    ]


def lists() -> list[Row]:
    """The eight lists; two are dynamic, so that nobody can add a member by hand."""
    return [
        {"id": str(301 + place), "name": name, "title": name, "isPublic": "false", "isDynamic": dynamic}
        for place, (name, dynamic) in enumerate(LISTS)
    ]


def custom_fields() -> list[Row]:
    """The custom fields of a prospect."""
    return [
        {"id": str(5101 + place), "name": name, "fieldId": field, "type": kind, "isRequired": "false"}
        for place, (name, field, kind) in enumerate(CUSTOM_FIELDS)
    ]


def schema() -> str:
    """What the data files cannot say: the types of the custom fields and who the emulator's org is."""
    languages, robot = ", ".join(LANGUAGES), users()[ROBOT]
    shared = f"""\
    - {{name: Pardot_Prospect_Id__c, type: string, length: 18, externalId: true, unique: true}}
    - {{name: Prospect_Score__c, type: double, precision: 18, scale: 0}}
    - {{name: Preferred_Language__c, type: picklist, picklist: [{languages}], restricted: true}}
    - {{name: Customer_Number__c, type: string, length: 12}}
"""
    return f"""\
# Written by make_org.py.
salesforce:
  Contact:
{shared}  Lead:
{shared}org:
  org_id: {salesforce_id("00D", 2_048_576)}
  org_name: Northwind Robotics
  business_unit_id: {salesforce_id("0Uv", 81_921)}
  user: {{id: {robot["Id"]}, name: Sync Robot, username: {robot["Username"]}, pardot_id: {STAFF[ROBOT][4]}}}
"""


def _pardot_user(number: str, first: str, last: str, user_id: str) -> Row:
    email = f"{first}.{last}@northwind-robotics.example".lower()
    return {"id": number, "email": email, "firstName": first, "lastName": last, "salesforceId": user_id}


def _campaign_id(place: int) -> str:
    return salesforce_id("701", 7_340_033 + 977 * place)
