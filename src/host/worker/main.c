/* libexec/fmcal/worker: runs the rules of programs that embed the library. fmcal-lua is its own worker. */
#include "host/worker/worker.h"

int main(void)
{
    return fm_worker_main();
}
