#include "guanxi/base/config.hpp"

#include <gtest/gtest.h>

#include <string>

TEST(config, version_numbers_and_text_agree) {
  const std::string numbers = std::to_string(GUANXI_VERSION_MAJOR) + "." +
                              std::to_string(GUANXI_VERSION_MINOR) + "." +
                              std::to_string(GUANXI_VERSION_PATCH);
  EXPECT_EQ(numbers, GUANXI_VERSION_STRING);
}
