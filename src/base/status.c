#include "base/status.h"

#include <stdio.h>

kk_status kk_fail(kk_fault *fault, kk_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fault->status = status;
    vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
    return status;
}
