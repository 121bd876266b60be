// Lacks `inline` on purpose: the test of header-only use must refuse to link it.
#pragma once

int twice() { return 2; }
