/* A process of another user than the one whose files it works on. */
#include <sys/types.h>

__attribute__((visibility("default"))) uid_t geteuid(void);

uid_t geteuid(void)
{
    return 54321;
}
