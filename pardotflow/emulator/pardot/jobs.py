"""The collections outside of `/objects`: imports and exports.

They are jobs with states. Facts: pardot_api sections 4 and 5.
"""

from __future__ import annotations

from pardotflow.emulator.pardot.shapes import build_collection

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

JOBS = (
    build_collection("imports", _IMPORT, filters="id* createdAt* updatedAt*", verbs="CRUQ"),
    build_collection("exports", _EXPORT, filters="id* createdAt* updatedAt*", verbs="CRQ"),
)
