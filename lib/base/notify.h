#ifndef SL_BASE_NOTIFY_H
#define SL_BASE_NOTIFY_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Tells the service manager how this process does (sd_notify(3)): "READY=1", "STOPPING=1",
 * "STATUS=...", several by line breaks.
 *
 * Does nothing where NOTIFY_SOCKET is unset, and nothing more than lose the word where the manager
 * doesn't listen: a service is not worse for that. Any thread.
 */
void sl_notify(const char *state);

#ifdef __cplusplus
}
#endif

#endif
