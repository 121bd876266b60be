// Not self-contained on purpose: the test of lone headers must refuse it.
#pragma once

inline std::string leaning() { return "on what others include"; }
