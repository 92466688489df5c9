"""The collections outside of `/objects`: imports, exports, bulk actions and external activities.

All but the last are jobs with states. Facts: pardot_api sections 3.8, 4, 5 and 6.
"""

from __future__ import annotations

from pardotflow.emulator.pardot.schema.shapes import PROSPECT_OF, build_collection

_IMPORT = """
id           integer
operation    string   CR
object       string   CR
status       string   CU
createOnNoMatch  boolean  C
restoreDeleted   boolean  C
fields       json     C
isExpired    boolean
batchesRef   ref
createdCount integer
updatedCount integer
errorCount   integer
errorRef     ref
errorsRef    ref
"""
_EXPORT = """
id           integer
object       string   CR
fields       json     C
procedure    json     CR
status       string
includeByteOrderMark  boolean  C
legacyDateFormat      boolean  C
maxFileSizeBytes      integer  C
isExpired    boolean
resultRefs   refs
"""
_BULK_ACTION = """
id           integer
object       string   CR
bulkAction   string   CR
status       string   CU
origin       string
count        integer
processedCount   integer
percentComplete  integer
errorCount   integer
errorsRef    ref
fileName     string
"""
_EXTERNAL_ACTIVITY = """
id           integer
extension    string   CR
type         string   CR
email        email    CR
value        string   CR
activityDate datetime C
prospectId   integer
createdAt    datetime
"""

JOBS = (
    build_collection("imports", _IMPORT, filters="id* createdAt* updatedAt*", verbs="CRUQ"),
    build_collection("exports", _EXPORT, filters="id* createdAt* updatedAt*", verbs="CRQ"),
    build_collection("bulk-actions", _BULK_ACTION, filters="id* createdAt* updatedAt*", verbs="CRUQ"),
    build_collection(
        "external-activities",
        _EXTERNAL_ACTIVITY,
        filters="id* prospectId createdAt*",
        verbs="CRQ",
        relations=PROSPECT_OF,
        audited=False,
    ),
)
