/* Begin and end of watching with XRay: XRAY_MODE is a log's name, with its
 * configuration in XRAY_CONFIG; not set: left off. A mode that does not start is said
 * on stderr and by exit status 3. */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <xray/xray_interface.h>
#include <xray/xray_log_interface.h>

void watch_begin(void)
{
    const char *mode = getenv("XRAY_MODE"), *config = getenv("XRAY_CONFIG");
    const char *failed = NULL;

    if (mode == NULL) {
        return;
    }
    if (__xray_log_select_mode(mode) != XRAY_REGISTRATION_OK) {
        failed = "has no such mode";
    } else if (__xray_log_init_mode(mode, config ? config : "") != XRAY_LOG_INITIALIZED) {
        failed = "does not start";
    } else if (__xray_patch() != SUCCESS) {
        failed = "cannot patch the code";
    }
    if (failed != NULL) {
        fprintf(stderr, "XRay %s\n", failed);
        exit(3);
    }
}

void watch_end(void)
{
    if (getenv("XRAY_MODE") != NULL) {
        __xray_log_finalize();
        __xray_log_flushLog();
    }
}
