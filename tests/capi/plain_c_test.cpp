#include "plain_c.h"

#include <gtest/gtest.h>

namespace {

TEST(plain_c, uses_the_interface) {
  EXPECT_EQ(plain_c_walk(), 0) << "the line of plain_c.c that went wrong";
}

}  // namespace
