"""Codes of mappings and match keys in sync files: PF148, PF15x and what belongs to them."""

from pardotflow.core.codes.code import Code, code

MAPPING_CODES: tuple[Code, ...] = (
    code(
        "PF150",
        "a side that the sync does not have",
        "A mapping, match key, direction, create rule or deletion names a system or object that is not among the "
        "sides, or a warehouse, which is only read, as a target.",
        "Name one of the sync's own sides.",
    ),
    code(
        "PF151",
        "a mapping that is not a pair",
        "A mapping names one field of each side, or the one field that is written and the sql that computes it.",
        "Add the missing field or remove the extra one.",
    ),
    code(
        "PF152",
        "a field that cannot be written",
        "The field is a formula, is set by the system, belongs to the vendor's package, or the connected user has no "
        "right.",
        "Turn the direction round, or name another field.",
    ),
    code(
        "PF153",
        "a field that two mappings write",
        "They would overwrite each other in every run.",
        "Keep one; several sources of one value belong into one sql expression.",
    ),
    code(
        "PF154",
        "a mapping that cannot be two_way",
        "An expression cannot be undone, a value map only where it is one-to-one, and of a field that holds several "
        "values, whose every change costs a call, two_way has to be written.",
        "Write the direction that is meant.",
    ),
    code(
        "PF155",
        "a policy that cannot apply",
        "most_recent needs two sides with times of change, and by field a history of it; consent decides about "
        "blanks by itself.",
        "Remove the option that the message names.",
    ),
    code(
        "PF156",
        "types that do not fit",
        "consent needs truth values on both sides; a number written to a phone field loses zeros and signs; several "
        "values fit a multi-select picklist or a text, in which `;` stands between them; two objects of a side that "
        "declare a field as different things (a number and a text, a date and a time) cannot be compared in one way; a "
        "value map of which a field can hold no value translates nothing.",
        "Map another field or use another policy.",
    ),
    code(
        "PF157",
        "a value map that cannot be used",
        "The CSV file is missing, has other than two columns, or has one value twice in the column that is read.",
        "Correct the marked line: a header and then two values a line.",
    ),
    code(
        "PF148",
        "a match key that cannot be used",
        "A key of several fields names as many on both sides; the id of a record is a key alone; form: url stands "
        "beside the id of a prospect; fields of different types in the objects of a side have no form in common; a "
        "field that holds several values is none.",
        "Write the key as the message says.",
    ),
    code(
        "PF167",
        "values that the target does not take",
        "A picklist lacks a value, a value map has one that the type of its field cannot hold, a field is shorter than "
        "the one across, or two names differ by case only.",
        "Make both sides take the same; what does not fit is held and listed by the plan.",
    ),
    code(
        "PF175",
        "a field that is read record by record",
        "Account Engagement gives the values of checkbox, multi-select and multiple-response fields with the read of "
        "one prospect alone. A first plan needs a call for each prospect of a pair, and for every one where an "
        "expression or a model reads the field; later ones need a call for each of them that was changed since.",
        "Say in the source how many calls a plan may make: `single_reads: NUMBER` (200 unless said).",
    ),
    code(
        "PF176",
        "a read model that does not fit",
        "Beside the object of a side a model shows a row for each record that takes part, with its id as it is. Its "
        "columns can be read. One can be written only where its lineage, through common table expressions and other "
        "models, proves that it is a field of that record under another name: what is computed, and what belongs to a "
        "joined record, cannot.",
        "Select the id of the record, qualify columns where several tables are read, and map fields where values flow "
        "to the side.",
    ),
    code(
        "PF158",
        "a guard for no mapping",
        "clears: and fields: set limits by mapping, and none has this name.",
        "Take one of the names listed, as plans show them.",
    ),
    code(
        "PF149",
        "a guard for no side or object",
        "A guard sets limits by side or object, and this sync writes none of this name.",
        "Take one of the names listed, or write one limit for all.",
    ),
    code(
        "PF162",
        "an option without effect",
        "A policy of a one-way mapping, a clock that nothing asks, or allow without consent, decides nothing; with "
        "into: blank no value is written over, so that on_blank: clear and allow: opt_in are never reached and a "
        "policy hardly ever; share_email decides nothing where addresses are unique, or where email is no match key.",
        "Remove it.",
    ),
    code(
        "PF163",
        "two fields where a conversion needs one",
        "A lead's custom field keeps its value in the conversion only where the contact's has the same API name, or "
        "the org maps the one to the other.",
        "Give both fields the same API name.",
    ),
    code(
        "PF164",
        "a field without a value of its own",
        "A lookup holds the id of another record, an address or a location is made of other fields: elsewhere neither "
        "means anything.",
        "Map a field of the other record through a model, or the fields that it is made of.",
    ),
    code(
        "PF165",
        "a parent's field as a match key",
        "A path such as Account.Name is a field of another record, which many records share: it finds none of them "
        "alone, and nothing can be written to it.",
        "Match by a field of the record itself.",
    ),
    code(
        "PF179",
        "opt-outs that do not arrive",
        "A sync writes e-mail addresses to Pardot and the project maps no field in which people say no: who opted out "
        "in Salesforce may get mail all the same. The vendor's own connector, while it is active, carries opt-outs "
        "itself, and an emulator sends no mail: there nothing is said. Or a sync maps such a field and makes records "
        "with insert_only, which updates none that is there: an opt-out never reaches it.",
        "Map HasOptedOutOfEmail and optedOut with policy: consent, in a sync without insert_only.",
    ),
    code(
        "PF188",
        "a former name that cannot be followed",
        "renamed_from names something that is still there under that name, that another line claims too, or an object "
        "that the side does not have. Then it is not known whose links and bases they are.",
        "Remove the line, or name what the field, the object or the sync was really called before.",
    ),
)
