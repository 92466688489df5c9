"""Which of Account Engagement's codes is of which cause. Codes that the same change may overcome untouched are not
listed: they are transient by their table.

Source: as for `codes.py`.
"""

from collections.abc import Mapping

from pardotflow.connectors.cause import Cause

CAUSES_OF: Mapping[str, Cause] = {
    str(code): cause
    for cause, codes in {
        Cause.DATA: (4, 10, 38, 39, 47, 50, 55, 56, 57, 61, 65, 73, 125, 190, 236, 245),
        Cause.DUPLICATE: (9, 54, 58),
        Cause.CONSENT: (98,),
        Cause.GONE: (3, 16, 44, 77, 79, 80, 81, 92, 108, 109, 132, 219),
        Cause.RIGHTS: (46, 49, 53, 76, 131, 199),
        Cause.CONFIGURATION: (
            *(5, 6, 7, 8, 13, 19, 20, 23, 37, 51, 59, 63, 88, 89, 103, 119, 120, 128, 129, 130, 133, 134, 135),
            *(153, 154, 180, 181, 182, 185, 197, 201, 209, 224, 226, 227, 228, 233, 234),
        ),
        Cause.LIMITS: (67,),
        Cause.FAULT: (*(60, 71, 150, 151, 152, 155, 156, 157, 158, 159, 160, 161, 162, 163, 165, 166, 192, 198, 204),),
    }.items()
    for code in codes
}
