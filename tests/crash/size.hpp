// How long a campaign is: a number of the environment's, or that of a normal run.
#pragma once

#include <cstdlib>

namespace guanxi::test {

inline long size_of(const char* variable, long otherwise) {
  const char* given = std::getenv(variable);
  return given ? std::strtol(given, nullptr, 10) : otherwise;
}

}  // namespace guanxi::test
