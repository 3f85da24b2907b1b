/* 速報: what is known a few days after it was found out. */
#include "report/report_i.h"

void report_ppc_preliminary(building_report *b)
{
    ppc_build(b, false);
}
