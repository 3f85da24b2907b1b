/* What came of looking for given indicators, as rows or as a document. */
#pragma once
#include "analyse/ioc_search.h"
#include "casework/ioc_files.h"
#include "cli/command.h"

/* *usage: the exit status of a wrong command line, which was said. */
KK_CHECKED kk_status kk_ioc_rows(kk_invocation *i, kk_case *c, const kk_ioc_files *given,
                                 const kk_ioc_search *search, int *usage);
