#include "util/freed.h"

bool fm_freed_is_wiped = false;
