"""The collections outside of `/objects`: imports.

They are jobs with states. Facts: pardot_api section 4.
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

JOBS = (build_collection("imports", _IMPORT, filters="id* createdAt* updatedAt*", verbs="CRUQ"),)
