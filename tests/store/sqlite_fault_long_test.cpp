// The stories of sqlite_fault_test.cpp with a fault at every call that there is time for.
#include "support/fault_loop.hpp"

#include <gtest/gtest.h>

using namespace guanxi::test;

TEST(failing_disk_long, every_story_holds_at_every_call) {
  for (const story& s : stories()) {
    const verdict v = play(s, 40);
    for (const std::string& complaint : v.complaints) ADD_FAILURE() << complaint;
    RecordProperty(s.name, static_cast<int>(v.points));
  }
}
