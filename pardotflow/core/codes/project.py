"""Codes of project files: PF1xx.

The tens say where: 10x files and YAML, 11x the grammar, 12x templates, 13x environments, 14x names between files,
15x mappings, 16x creates and the vendor's connector, 17x SQL, 18x users and owners, 19x what is not built yet.
From PF185 on stand decision tests (`codes.cases`).
"""

from pardotflow.core.codes.cases import CASE_CODES
from pardotflow.core.codes.code import Code, code
from pardotflow.core.codes.mappings import MAPPING_CODES
from pardotflow.core.codes.selection import SELECTION_CODES
from pardotflow.core.codes.users import USER_CODES

_FILES = (
    code(
        "PF101",
        "a file cannot be read",
        "The file is not UTF-8, starts with a byte order mark, the system refuses to open it, or a folder stands in "
        "the place of a file or a file in that of a folder.",
        "Save it as UTF-8 without BOM, correct its rights, or move it.",
    ),
    code(
        "PF102",
        "the file is not YAML",
        "The parser stopped: a tab in the indentation, a quote that is not closed, a colon in a plain text.",
        "Look at the marked place and the line above it; put the text in quotes where it has special characters.",
    ),
    code(
        "PF103",
        "a key stands twice",
        "One mapping has the same key in two lines. Other readers would silently take the last one.",
        "Keep one of the lines.",
    ),
    code(
        "PF104",
        "unknown field",
        "A mapping, match key, source or create rule names a field that the object, or a column that the model, "
        "does not have.",
        "Correct the name; it is the API name, not the label.",
    ),
    code(
        "PF105",
        "a part of YAML that is not used here",
        "Tags, merge keys, several documents, keys that are not texts, endless aliases and huge files are refused.",
        "Write the values out.",
    ),
    code(
        "PF106",
        "the file holds no keys and values",
        "The file is empty, or holds a list or a single text.",
        "Start it with a line of the form key: value, or remove the file.",
    ),
    code(
        "PF107",
        "no project here",
        "Neither the folder nor any folder above it has a pardotflow.yml.",
        "Go to the project's folder, or write the file: name and version: 1 are enough.",
    ),
    code(
        "PF108",
        "a file that is not read",
        "The file lies where project files are read from, but its name does not end in .yml.",
        "Rename it, or move it out of the folder.",
    ),
    code(
        "PF109",
        "no syncs",
        "The folder syncs/ is missing or empty, so no plan can be made. `list` and `graph` work without.",
        "Write syncs/NAME.yml.",
    ),
)

_GRAMMAR = (
    code(
        "PF110",
        "unknown key",
        "The grammar has no such key at this place.",
        "Take the suggested one; the schemas in schemas/ make an editor complete them.",
    ),
    code("PF111", "a key is missing", "The grammar requires a key that is not there.", "Add it."),
    code(
        "PF112",
        "not one of the values",
        "The key takes one of a closed list of words.",
        "Take one of those listed.",
    ),
    code(
        "PF113",
        "a value of the wrong form",
        "A text stands where a list is wanted, a number is negative, a limit is not of the form 50 or 30%, a share is "
        "above 100%, and so on. "
        "Only true and false are truth values, and a quoted number is a text.",
        "Write the form that the message names.",
    ),
    code(
        "PF114",
        "keys that do not go together",
        "Two keys exclude each other, or one has a meaning only beside another.",
        "Keep those that the message names.",
    ),
)

_TEMPLATES = (
    code(
        "PF120",
        "the template is not Jinja",
        "A text with {{ or {% cannot be parsed.",
        "Close all brackets and quotes inside the braces.",
    ),
    code(
        "PF121",
        "a name in a template has no value",
        "A template may call var() and, in environments/*.yml, env_var(); in models also source() and ref(). Variables "
        "come from vars: of pardotflow.yml, vars: of the environment and --var, the later winning.",
        "Correct the name, or give the variable a value.",
    ),
    code(
        "PF122",
        "an environment variable is missing",
        "env_var() asks for a variable that is not set or empty, and no default is given.",
        "Export it, or write env_var('NAME', 'default'); a secret takes no default.",
    ),
    code(
        "PF123",
        "env_var() outside an environment",
        "What differs from machine to machine may stand in environments/*.yml only.",
        "Read it into a variable there, and use var() here.",
    ),
    code("PF124", "the template fails", "The template was understood but stops while it is rendered.", "Correct it."),
    code(
        "PF125",
        "a variable that nothing reads",
        "--var gives a variable that no file declares or uses: most likely a slip.",
        "Correct the name, or leave it out.",
    ),
)

_ENVIRONMENTS = (
    code(
        "PF130",
        "no such environment",
        "--env or default_environment names no file environments/NAME.yml, or none is chosen.",
        "Take one of those that exist.",
    ),
    code(
        "PF131",
        "no such connection",
        "A source, a side or auth: names a connection that the environment does not have. A side of a sync uses the "
        "connection of its own name.",
        "Declare it under connections:, or correct the name.",
    ),
    code(
        "PF132",
        "a secret in clear text",
        "A password, token or key stands in the file and most likely in git, as a value or as the default of "
        "env_var().",
        "Read it with env_var() and replace the secret, since others may have seen it.",
    ),
    code(
        "PF133",
        "a connection of the wrong type",
        "The names salesforce, pardot and warehouse are those of sides and take connections of their own types only.",
        "Correct the type, or use another name.",
    ),
    code(
        "PF134",
        "an emulator that is production",
        "production: true protects live data; an emulator has none.",
        "Remove one of the two lines.",
    ),
    code(
        "PF135",
        "a connection that the emulator brings",
        "In an environment of type emulator the connections salesforce and pardot exist by themselves.",
        "Remove the declared one.",
    ),
    code(
        "PF136",
        "a folder or file that does not exist",
        "A seed folder must exist; a data file may come later and is a warning.",
        "Correct the path: it is relative to the folder of pardotflow.yml.",
    ),
)

_NAMES = (
    code("PF140", "no such source", "A model calls source() with a name that no source has.", "Correct the name."),
    code("PF141", "no such model", "ref() or a warehouse side names a model that has no file.", "Correct the name."),
    code(
        "PF142",
        "no such object",
        "A source names an object that the system does not have.",
        "Correct the name; Pardot's people are the object prospect.",
    ),
    code(
        "PF143",
        "models in a circle",
        "A model reads, over other models, its own result.",
        "Take what both need into a model of its own.",
    ),
    code(
        "PF144",
        "a name stands twice",
        "Two sources, models or syncs have the same name; case does not tell names apart.",
        "Rename one of them.",
    ),
    code(
        "PF145",
        "a field that its source does not read",
        "The source selects its fields with fields:, and mappings or expressions use others. Many are said in one "
        "list, at the source.",
        "Add them to the list, or remove the list: then everything that is used is read.",
    ),
    code(
        "PF146",
        "an object without a source",
        "Every Salesforce and Pardot object of a sync is read through a source.",
        "Declare one in sources/.",
    ),
    code(
        "PF147",
        "a source that does not fit its connection",
        "Salesforce and Pardot have objects, a folder has files, a DuckDB database tables; only Salesforce filters.",
        "Write the key that the message names.",
    ),
)

_CREATES = (
    code(
        "PF166",
        "a rule for deleted records that cannot be carried out",
        "A record is made again by the create rule of its side; a counterpart can be archived only in a system that is "
        "written.",
        "Write the create rule, or keep or unlink.",
    ),
    code(
        "PF159",
        "a create key that does not protect",
        "The key of a create rule must be a match key and, in Salesforce, a unique external id that can be written: "
        "only then a repeated create makes no second record.",
        "Add it to match:, or choose or change the field.",
    ),
    code(
        "PF160",
        "a create without a required field",
        "The system refuses new records without this field, and neither a mapping nor set fills it.",
        "Map it, or give it a value in set.",
    ),
    code(
        "PF161",
        "the vendor's connector is in the way",
        "While the vendor's own connector is active, creates and writes to fields that it maps would fight with it.",
        "Pause it and say connector: paused in the environment, or make the sync strength: observe.",
    ),
)

_SQL = (
    code(
        "PF170",
        "the text is not SQL",
        "A model or an expression does not parse as DuckDB SQL.",
        "Look at the marked word and the one before it.",
    ),
    code(
        "PF171",
        "SQL of a form that is not allowed",
        "A model is one SELECT that reads through source() and ref(). An expression is computed for one record: no "
        "subquery, aggregate, window or second statement.",
        "Compute it in a model and map its column.",
    ),
    code(
        "PF172",
        "unknown column in an expression",
        "No object of the side that the expression reads has this field.",
        "Correct the name; a text stands in single quotes.",
    ),
    code(
        "PF173",
        "a name of the wrong side",
        "A value is computed from the record of the other side alone.",
        "Use fields of that side, qualified by its name or not at all.",
    ),
    code(
        "PF174",
        "a column that never settles",
        "A column of a model that a sync reads is another value at every run (now(), random()) or every day "
        "(current_date, age() with one argument) although no data changed: each record would be written again and "
        "again. A comparison with the date, as in a moving window, is fine; a choice of rows by chance is not.",
        "Take the value from the data, or compare the date instead of mapping what is computed from it.",
    ),
)

_UNBUILT = (
    code(
        "PF190",
        "not built yet",
        "The key belongs to the grammar, but this version does nothing with it. It is an error where silence would be "
        "dangerous, and a warning where nothing is lost.",
        "Remove it, or do what the message says.",
    ),
)

PROJECT_CODES: tuple[Code, ...] = (
    *_FILES,
    *_GRAMMAR,
    *_TEMPLATES,
    *_ENVIRONMENTS,
    *_NAMES,
    *MAPPING_CODES,
    *_CREATES,
    *_SQL,
    *USER_CODES,
    *SELECTION_CODES,
    *CASE_CODES,
    *_UNBUILT,
)
